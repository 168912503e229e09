// Brings the blocks `::: {.live figure="line"}` of a page to life: each figure is a function of the
// registry `Circles.figures`, in a file of its name, which builds its panel from its data. What stands in
// the block stays: it is what is printed, and all that there is without scripts. It is folded, unless the figure
// says that it shows something else (`leavesPrinted`).
"use strict";

(() => {
  const Circles = (globalThis.Circles ??= { figures: {}, data: {} });
  const SVG = "http://www.w3.org/2000/svg";

  const DRAWN = new Set(["svg", "g", "path", "circle", "line", "rect", "polygon", "text", "defs", "stop", "linearGradient"]);

  // An element with attributes, listeners (`onclick`) and children.
  function make(name, attributes = {}, ...children) {
    const made = DRAWN.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  }

  const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // `play` calls `next` for each picture until it returns false; `glide` calls `step` with shares from 0 to 1
  // for some seconds, and for readers who asked for calm with 1 at once. What begins ends what was going on.
  function motion() {
    let now = 0;
    const stop = () => { now += 1; };
    const play = (next) => {
      const mine = ++now;
      const frame = (time) => {
        if (mine === now && next(time)) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    };
    const glide = (seconds, step) => {
      stop();
      if (isCalm()) return step(1);
      let start = null;
      play((time) => {
        start ??= time;
        const share = Math.min(1, (time - start) / (1000 * seconds));
        step(share * share * (3 - 2 * share));
        return share < 1;
      });
    };
    return { stop, play, glide };
  }

  // Follow a pointer from where it goes down on `target` until it is let go: `begin` is given how it went down and
  // returns what is called for each move, or nothing.
  function drag(target, begin) {
    target.addEventListener("pointerdown", (event) => {
      const follow = event.button ? null : begin(event);
      if (!follow) return;
      event.preventDefault();
      target.setPointerCapture(event.pointerId);
      target.focus({ preventScroll: true });
      const end = () => target.removeEventListener("pointermove", follow);
      target.addEventListener("pointermove", follow);
      for (const name of ["pointerup", "pointercancel"]) target.addEventListener(name, end, { once: true });
    });
  }

  let fields = 0;

  // A slider with a number beside it; both say the same. `read` and `write` turn the slider's values into
  // numbers and back.
  function field({ label, min, max, step, unit = "", read = (x) => x, write = (x) => x, digits = 2, change }) {
    const id = `live-${++fields}`;
    let now = min;
    const slider = make("input", { type: "range", id, min: write(min), max: write(max), step });
    const number = make("input", { type: "number", "aria-label": `${label}, as a number`, min, max, step: "any" });
    slider.addEventListener("input", () => change(read(Number(slider.value))));
    number.addEventListener("change", () => {
      const value = number.value.trim() === "" ? NaN : Number(number.value);
      if (Number.isFinite(value)) change(Math.min(max, Math.max(min, value)));
      else show(now);
    });
    const show = (value) => {
      now = value;
      slider.value = write(value);
      const text = String(Number(value.toFixed(digits)));
      slider.setAttribute("aria-valuetext", `${text}${unit}`);
      number.value = text;
    };
    const name = make("label", { for: id }, label);
    return { element: make("div", { class: "live-field" }, name, slider, number), show };
  }

  function button(text, onclick, attributes = {}) {
    return make("button", { type: "button", onclick, ...attributes }, text);
  }

  // What is said to who does not see the figure: the last of what changes, once it has settled.
  function announcer() {
    const element = make("p", { class: "live-said", role: "status", "aria-live": "polite" });
    let waiting = 0;
    const say = (text) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { element.textContent = text; }, 600);
    };
    return { element, say };
  }

  // Numbers in single precision, from Base64.
  function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return Array.from(new Float32Array(bytes.buffer));
  }

  const sample = (packed) => packed && ({ x: unpacked(packed.x), y: unpacked(packed.y), label: Array.from(packed.label, Number) });

  // The points of the report, which all figures share.
  let points = null;
  function shared() {
    const { training, held_out, validation, ...others } = Circles.data.points;
    return (points ??= { points: sample(training), held_out: sample(held_out), validation: sample(validation), ...others });
  }

  function enliven(block) {
    const { figure } = block.dataset;
    const data = Circles.data[block.dataset.data ?? figure];
    const build = Circles.figures[figure];
    if (!data || !Circles.data.points || !build || block.classList.contains("enabled")) return;
    const panel = build({ ...shared(), ...data });
    if (!panel) return;
    const [numbers] = block.getElementsByClassName("live-numbers");
    const printed = [...block.childNodes].filter((one) => one !== numbers);
    if (build.leavesPrinted || !block.querySelector("img")) block.insertBefore(panel, numbers);
    else block.prepend(panel, make("details", { class: "live-printed" }, make("summary", {}, "The figure as it is printed"), ...printed));
    block.classList.add("enabled");
  }

  // A loss on its way to infinity has a power of ten, not two hundred digits.
  const lossText = (loss) => (loss < 1e6 ? loss.toFixed(4) : loss.toExponential(2));

  Circles.page = { make, motion, isCalm, drag, field, button, announcer, unpacked, lossText };

  // What is loaded late, in its order; then all figures that waited for it come to life.
  function bring() {
    const scripts = [...document.querySelectorAll('script[type="text/late"]')].map(({ src }) => make("script", { src }));
    for (const one of scripts) one.async = false;
    scripts.at(-1)?.addEventListener("load", () => blocks().forEach(enliven));
    document.head.append(...scripts);
  }

  const blocks = () => document.querySelectorAll(".live[data-figure]");

  // One after the other, each in a task of its own: the first is alive soon, and the page stays quick.
  function enlivenAll([first, ...others]) {
    enliven(first);
    if (others.length) setTimeout(enlivenAll, 0, others);
    else awaitLate();
  }

  function awaitLate() {
    const near = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      near.disconnect();
      bring();
    }, { rootMargin: "1200px" });
    for (const block of blocks()) if (!block.classList.contains("enabled")) near.observe(block);
    if (location.hash.startsWith("#net=")) blocks().forEach((block) => block.dataset.figure === "network" && block.scrollIntoView());
  }

  // Deferred scripts run in their order, before this event: the figures and their data are there, but for those
  // that are loaded when the reader gets near them, or when the address asks for one.
  document.addEventListener("DOMContentLoaded", () => blocks().length && enlivenAll([...blocks()]));
})();

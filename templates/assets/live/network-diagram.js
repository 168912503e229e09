// The network of the live figure "network" as it is built: features, layers and the output, each unit a small
// map of what it gives, and between them the weights, the thicker the larger. Those of a unit that is pressed can be typed.
"use strict";

(() => {
  const { make, cellsOf, tint, coloursOf, shadeOf, onTheme, button } = Circles.page;
  const { FEATURES } = Circles.options;
  const { unitShade, titled } = Circles.network_parts;
  const [CELLS, ROWS] = [22, 8]; // of a small map each way; units below each other
  const WORDS = { "x1": "x₁", "x2": "x₂", "x1^2": "x₁²", "x2^2": "x₂²", "x1*x2": "x₁x₂", "sin(x1)": "sin x₁", "sin(x2)": "sin x₂", "r^2": "r²" };

  const nameOf = (feature) => WORDS[feature] ?? feature;

  // `change` is told { feature }, { layer, by } or { layers }; `choose` which unit is pointed at or pressed; `put` which
  // weight, by its number, is to be what.
  function diagram({ change, choose, put }) {
    const lines = make("canvas", { class: "net-lines", "aria-hidden": "true" });
    const columns = make("div", { class: "net-columns" });
    const scrolled = make("div", { class: "net-diagram", role: "group", "aria-label": "Features, layers and units", tabindex: 0 }, lines, columns);
    const hint = make("p", { class: "net-hint" }, "Press a unit, or the output, to see its map large and to set its weights.");
    const fields = make("div", { class: "net-weights", role: "group", hidden: true });
    const element = make("div", {}, scrolled, hint, fields);
    let units = []; // of each column below the output its buttons, each { place, canvas, button }
    let output = null;
    let colours = null;
    let network = null;
    let pinned = null;
    let sample = null;
    let features = [];
    let boxes = []; // of the weights that can be typed: { at, show }

    function unitButton(place, label, ...children) {
      const canvas = make("canvas", { width: CELLS, height: CELLS });
      const pressed = make("button", { type: "button", class: "net-unit", "aria-label": label, "aria-pressed": "false",
        onclick: () => pin(place), onpointerenter: (event) => event.pointerType === "mouse" && choose(place), onpointerleave: () => choose(pinned) }, canvas, ...children);
      return { place, canvas, button: pressed, label };
    }

    const same = (one, other) => one && other && one.layer === other.layer && one.unit === other.unit;

    function pin(place) {
      pinned = same(pinned, place) ? null : place;
      mark();
      askWeights();
      choose(pinned);
    }

    // A box for each weight of the unit that is pressed; of the output, of all its columns.
    function askWeights() {
      const isUnit = pinned && pinned.layer >= 0;
      [fields.hidden, hint.hidden] = [!isUnit, isUnit];
      boxes = [];
      if (!isUnit) return;
      const { layer, unit } = pinned;
      const { inputs, units: count, kernel, bias } = network.shapes[layer];
      const isOutput = layer === network.shapes.length - 1;
      const to = isOutput ? [...Array(count).keys()] : [unit];
      const from = layer ? Array.from({ length: inputs }, (_, i) => `unit ${i + 1}`) : features.map(nameOf);
      const asked = to.flatMap((u) => [...from.map((name, i) => [`from ${name}`, kernel + i * count + u]), ["bias", bias + u]]);
      boxes = asked.map(([label, at]) => ({ at, ...Circles.network_parts.number(label, (value) => put(at, value)) }));
      const title = isOutput ? "Weights of the output" : `Weights of unit ${unit + 1} of layer ${layer + 1}`;
      fields.setAttribute("aria-label", title);
      fields.replaceChildren(make("p", { class: "net-head" }, title), ...boxes.map((one) => one.element));
      showWeights();
    }

    function showWeights() {
      for (const one of boxes) if (!one.element.contains(document.activeElement)) one.show(Number(network.weights[one.at].toPrecision(4)));
    }

    function mark() {
      for (const one of [...units.flat(), output]) one.button.setAttribute("aria-pressed", String(Boolean(same(one.place, pinned))));
    }

    // A column for what the points are given as: every feature can be taken in or left out.
    function featureColumn(state) {
      const shown = [];
      const buttons = Object.keys(FEATURES).map((name) => {
        const at = state.features.indexOf(name);
        const canvas = make("canvas", { width: CELLS, height: CELLS });
        const toggle = make("button", { type: "button", class: "net-feature", "aria-pressed": String(at >= 0), "aria-label": `Feature ${name}`,
          onclick: () => change({ feature: name }) }, make("span", {}, nameOf(name)), canvas);
        if (at >= 0) shown[at] = { place: { layer: -1, unit: at }, canvas, button: toggle };
        else tint(canvas, colours, featureShade(name));
        return toggle;
      });
      return [make("div", { class: "net-column features" }, make("p", { class: "net-head" }, "Features"), ...buttons), shown];
    }

    function featureShade(name) {
      const feature = FEATURES[name]();
      return unitShade(cellsOf(sample.window, CELLS).map(([x, y]) => feature(x, y)));
    }

    function layerColumn({ units: count, activation }, layer) {
      const shown = Array.from({ length: count }, (_, unit) => unitButton({ layer, unit }, `Layer ${layer + 1}, unit ${unit + 1}`));
      const step = (by, sign, words) => button(sign, () => change({ layer, by }), { class: "net-step", "aria-label": `${words} layer ${layer + 1}` });
      const grid = make("div", { class: "net-units" }, ...shown.map((one) => one.button));
      grid.style.setProperty("--rows", Math.min(ROWS, count));
      return [make("div", { class: "net-column" }, make("p", { class: "net-head" }, `${count} ${titled(activation)}`),
        make("p", { class: "net-steps" }, step(-1, "−", "One unit less in"), step(1, "+", "One unit more in")), grid), shown];
    }

    function outputColumn({ units: count, activation }, layer) {
      const shown = unitButton({ layer, unit: 0 }, "The output");
      shown.button.classList.add("out");
      return [make("div", { class: "net-column" }, make("p", { class: "net-head" }, count > 1 ? `${count} ${titled(activation)}` : titled(activation)),
        make("p", { class: "net-note" }, "output"), shown.button), shown];
    }

    // Lay out the network of a state; `window` is what the maps show.
    function build(state, given, window) {
      colours = coloursOf(element);
      network = given;
      sample = { window, of: given.sample({ points: cellsOf(window, CELLS) }) };
      pinned = null;
      const focused = document.activeElement?.getAttribute?.("aria-label");
      ({ features } = state);
      const [first, inputs] = featureColumn(state);
      const layers = state.layers.slice(0, -1).map(layerColumn);
      const [last, out] = outputColumn(state.layers.at(-1), layers.length);
      units = [inputs, ...layers.map(([, shown]) => shown)];
      output = out;
      askWeights();
      columns.replaceChildren(first, ...layers.map(([column]) => column), last);
      if (focused) [...columns.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === focused)?.focus({ preventScroll: true });
      const seen = given.see(cellsOf(window, CELLS));
      inputs.forEach(({ canvas }, i) => tint(canvas, colours, unitShade(seen[i])));
    }

    // Show what every unit gives, and the weights, as they are now.
    function show() {
      if (!network) return;
      const layers = sample.of.layers();
      const count = CELLS * CELLS;
      units.slice(1).forEach((shown, layer) => shown.forEach(({ canvas, button: one, label }, unit) => {
        const values = layers[layer].subarray(unit * count, (unit + 1) * count);
        const isDead = values.every((value) => value === 0);
        tint(canvas, colours, unitShade(values));
        one.classList.toggle("dead", isDead);
        const words = isDead ? `${label}, zero everywhere` : label;
        if (one.getAttribute("aria-label") !== words) one.setAttribute("aria-label", words);
      }));
      const outputs = network.columns === 1 ? layers.at(-1) : layers.at(-1).subarray(0, count);
      tint(output.canvas, colours, shadeOf(outputs, 1));
      showWeights();
      drawLines();
    }

    function drawLines() {
      const [width, height, dense] = [columns.scrollWidth, columns.offsetHeight, Math.min(2, devicePixelRatio || 1)];
      if (lines.width !== width * dense || lines.height !== height * dense) {
        [lines.width, lines.height] = [width * dense, height * dense];
        [lines.style.width, lines.style.height] = [`${width}px`, `${height}px`];
      }
      const context = lines.getContext("2d");
      context.setTransform(dense, 0, 0, dense, 0, 0);
      context.clearRect(0, 0, width, height);
      const places = [...units, [output]].map((column) => column.map(({ button: one }) => placeOf(one)));
      let most = 1e-9;
      for (const weight of network.weights) most = Math.max(most, Math.abs(weight));
      network.shapes.forEach(({ inputs, units: count, kernel }, l) => {
        for (let i = 0; i < inputs; i++) {
          for (let u = 0; u < count; u++) {
            const to = places[l + 1][Math.min(u, places[l + 1].length - 1)];
            line(context, places[l][i], to, network.weights[kernel + i * count + u] / most);
          }
        }
      });
    }

    function placeOf(one) {
      const [box, all] = [one.getBoundingClientRect(), columns.getBoundingClientRect()];
      return { left: box.left - all.left, right: box.right - all.left, y: (box.top + box.bottom) / 2 - all.top };
    }

    function line(context, from, to, weight) {
      if (!from || !to) return;
      const size = Math.abs(weight);
      const middle = (from.right + to.left) / 2;
      context.strokeStyle = `rgb(${colours[weight > 0 ? 1 : 0].join(" ")} / ${(0.2 + 0.7 * size).toFixed(2)})`;
      context.lineWidth = 0.4 + 3.6 * size;
      context.beginPath();
      context.moveTo(from.right, from.y);
      context.bezierCurveTo(middle, from.y, middle, to.y, to.left, to.y);
      context.stroke();
    }

    onTheme(() => requestAnimationFrame(() => {
      if (!network) return;
      colours = coloursOf(element);
      show();
    }));
    new ResizeObserver(() => network && drawLines()).observe(columns);
    return { element, build, show };
  }

  Circles.network_parts.diagram = diagram;
})();

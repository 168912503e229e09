// A map of what a network answers, with points over it, for the live figures that show one.
"use strict";

(() => {
  const { make } = Circles.page;
  const GRID = 90; // cells each way

  // The colours of both labels and of the paper as the page has them: its theme may change.
  let known = null;

  function coloursOf(element) {
    return (known ??= readColours(element));
  }

  function readColours(element) {
    const probe = make("span", {});
    element.append(probe);
    const read = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    };
    const found = { 0: read("--live-0"), 1: read("--live-1"), other: read("--live-soft"), paper: read("--live-paper") };
    probe.remove();
    return found;
  }

  // The label that is answered, and how sure the answer is: of one column the probability of label 1, of
  // several the number of the largest.
  function answerOf(outputs, columns, i) {
    if (columns === 1) {
      const p = Math.min(1, Math.max(0, outputs[i]));
      return { label: p > 0.5 ? 1 : 0, sure: Math.abs(2 * p - 1) };
    }
    let best = 0;
    for (let c = 1; c < columns; c++) if (outputs[i * columns + c] > outputs[i * columns + best]) best = c;
    return { label: best > 1 ? "other" : best, sure: 0.7 };
  }

  // The places of the middles of so many cells each way, row by row from the top.
  function cellsOf([left, right, bottom, top], grid) {
    return Array.from({ length: grid * grid }, (_, i) => [
      left + ((i % grid) + 0.5) * ((right - left) / grid),
      top - (Math.floor(i / grid) + 0.5) * ((top - bottom) / grid),
    ]);
  }

  // Colour a canvas cell by cell: `of(i)` says which colour over the paper, and how much of it.
  function tint(canvas, colours, of) {
    const { width, height } = canvas;
    const image = new ImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const [colour, share] = of(i);
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = share * colours[colour][c] + (1 - share) * colours.paper[c];
      image.data[4 * i + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // Call `repaint` when the page becomes light or dark.
  function onTheme(repaint) {
    new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  }

  onTheme(() => { known = null; });

  // How an answer is shown: its colour, the stronger the surer it is.
  function shadeOf(outputs, columns) {
    return (i) => {
      const { label, sure } = answerOf(outputs, columns, i);
      return [label, 0.08 + 0.26 * sure];
    };
  }

  // `paint(network)` colours the map by a network's answers; `across` and `down` take a point's coordinates to
  // those of `plane`, from −100 to 100.
  function map({ points, window: [left, right, bottom, top], label }, ...over) {
    const canvas = make("canvas", { width: GRID, height: GRID, class: "live-map", "aria-hidden": "true" });
    const across = (x) => ((x - left) / (right - left)) * 200 - 100;
    const down = (y) => ((top - y) / (top - bottom)) * 200 - 100;
    const dots = points.x.map((x, i) => make("circle", {
      cx: across(x).toFixed(1), cy: down(points.y[i]).toFixed(1), r: 1.1, class: `of-${points.label[i]}`,
    }));
    const plane = make("svg", { viewBox: "-100 -100 200 200", class: "live-plane", role: "group", "aria-label": label },
      make("g", { class: "dots" }, ...dots), ...over);
    const cells = cellsOf([left, right, bottom, top], GRID);
    let last = null;

    function paint(network) {
      last = network;
      tint(canvas, coloursOf(canvas.parentElement), shadeOf(network.predict(cells), network.columns));
    }

    onTheme(() => last && requestAnimationFrame(() => paint(last)));
    return { element: make("div", { class: "live-layers" }, canvas, plane), plane, across, down, paint };
  }

  Object.assign(Circles.page, { map, cellsOf, tint, coloursOf, shadeOf, onTheme });
})();

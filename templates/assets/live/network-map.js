// The plane of the live figure "network": what the network answers, or one of its units, with the points over
// it; and where points are painted, by mouse, touch or keys.
"use strict";

(() => {
  const { make, drag, cellsOf, tint, coloursOf, shadeOf, onTheme } = Circles.page;
  const [FINE, COARSE, HEAVY] = [90, 50, 500]; // cells each way, the fewer in training or beyond so many weights
  const PIXELS = 720; // of the canvas with the points
  const BRUSH = 0.06; // how near two painted points may be, and how far the eraser reaches, of the plane's half

  // What readers call a name of the experiment file.
  const TITLES = { binary_crossentropy: "cross-entropy", sparse_categorical_crossentropy: "softmax’s own", mean_squared_error: "squared error", rmsprop: "RMSprop", adam: "Adam", adamw: "AdamW", sgd: "SGD", relu: "ReLU", elu: "ELU", gelu: "GELU", silu: "SiLU", leaky_relu: "leaky ReLU", xor: "XOR" };
  const titled = (name) => TITLES[name] ?? name.replace(/^(he|glorot)_/, (first) => `${first[0].toUpperCase()}${first.slice(1, -1)} `).replaceAll("_", " ");

  // Of a unit's values the sign and the size, of the largest there is.
  function unitShade(values) {
    let most = 1e-12;
    for (const value of values) most = Math.max(most, Math.abs(value));
    return (i) => [values[i] > 0 ? 1 : 0, (0.75 * Math.abs(values[i])) / most];
  }

  function plane({ paint }) {
    const cells = make("canvas", { class: "live-map", "aria-hidden": "true" });
    const dots = make("canvas", { class: "live-map", width: PIXELS, height: PIXELS, "aria-hidden": "true" });
    const cursor = make("span", { class: "net-cursor", hidden: true });
    const element = make("div", { class: "live-layers net-plane", role: "img" }, cells, dots, cursor);
    let colours = null;
    let window = [-1, 1, -1, 1];
    let grid = null; // { size, window, places }
    let shown = {};
    let brush = null; // the label that is painted, or "erase"
    let at = [0, 0];

    const toPixels = (x, y) => [
      ((x - window[0]) / (window[1] - window[0])) * PIXELS, ((window[3] - y) / (window[3] - window[2])) * PIXELS,
    ];

    function gridFor(network, isQuick) {
      const size = isQuick || network.weights.length > HEAVY ? COARSE : FINE;
      if (grid?.size !== size || grid.window !== window || grid.network !== network) {
        [cells.width, cells.height] = [size, size];
        grid = { size, window, network, sample: network.sample({ points: cellsOf(window, size) }) };
      }
      return grid;
    }

    // Show a network: what it answers, or with `unit` ({ layer, unit }) what that unit gives.
    function show(network, view = {}) {
      const { unit = null, isCut = false, isQuick = false } = view;
      shown = { network, view, points: shown.points };
      colours ??= coloursOf(element);
      const { size, sample } = gridFor(network, isQuick);
      const layers = sample.layers();
      if (unit) {
        const values = unit.layer < 0 ? network.see(cellsOf(window, size))[unit.unit] : layers[unit.layer].subarray(unit.unit * size * size, (unit.unit + 1) * size * size);
        return tint(cells, colours, unitShade(values));
      }
      const { columns } = network;
      const outputs = columns === 1 ? layers.at(-1) : rowsOf(layers.at(-1), columns, size * size);
      const shade = shadeOf(outputs, columns);
      tint(cells, colours, isCut ? (i) => [shade(i)[0], 0.3] : shade);
    }

    function rowsOf(values, columns, count) {
      const rows = new Float64Array(values.length);
      for (let c = 0; c < columns; c++) for (let i = 0; i < count; i++) rows[i * columns + c] = values[c * count + i];
      return rows;
    }

    // Draw points: those to train on full, those held out as rings.
    function drawPoints(points, heldOut) {
      shown.points = [points, heldOut];
      colours ??= coloursOf(element);
      const context = dots.getContext("2d");
      context.clearRect(0, 0, PIXELS, PIXELS);
      [points, heldOut].forEach((sample, isHeldOut) => sample && sample.x.forEach((x, i) => {
        const [u, v] = toPixels(x, sample.y[i]);
        const colour = `rgb(${colours[sample.label[i]].join(" ")})`;
        context.beginPath();
        context.arc(u, v, isHeldOut ? 4.5 : 5, 0, 2 * Math.PI);
        context.lineWidth = isHeldOut ? 2 : 1.2;
        context.fillStyle = isHeldOut ? `rgb(${colours.paper.join(" ")} / 60%)` : colour;
        context.strokeStyle = isHeldOut ? colour : `rgb(${colours.paper.join(" ")})`;
        context.fill();
        context.stroke();
      }));
    }

    onTheme(() => requestAnimationFrame(() => {
      colours = null;
      const { network, view, points } = shown;
      if (network) show(network, view);
      if (points) drawPoints(...points);
    }));

    // Painting
    const place = (event) => {
      const box = element.getBoundingClientRect();
      return [window[0] + ((event.clientX - box.left) / box.width) * (window[1] - window[0]),
        window[3] - ((event.clientY - box.top) / box.height) * (window[3] - window[2])];
    };
    const mark = ([x, y]) => paint(x, y, brush, BRUSH);

    drag(element, (event) => {
      if (brush === null) return null;
      mark(place(event));
      return (later) => mark(place(later));
    });
    element.addEventListener("keydown", (event) => {
      const step = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
      if (brush === null || !(step || [" ", "Enter"].includes(event.key))) return;
      event.preventDefault();
      const far = (event.shiftKey ? 0.1 : 0.025) * (window[1] - window[0]);
      if (step) at = at.map((one, i) => Math.max(window[2 * i], Math.min(window[2 * i + 1], one + far * step[i])));
      else mark(at);
      showCursor();
    });

    function showCursor() {
      const [u, v] = toPixels(...at);
      cursor.hidden = brush === null;
      cursor.style.left = `${(100 * u) / PIXELS}%`;
      cursor.style.top = `${(100 * v) / PIXELS}%`;
    }

    // What is painted from now on: a label, "erase", or nothing.
    function take(what) {
      brush = what;
      element.classList.toggle("painting", what !== null);
      element.setAttribute("role", what === null ? "img" : "application");
      if (what === null) element.removeAttribute("tabindex");
      else element.setAttribute("tabindex", 0);
      showCursor();
    }

    // Nothing but the points: there is no network yet.
    function blank() {
      cells.width = cells.height;
      shown = {};
    }

    const name = (words) => element.setAttribute("aria-label", words);
    const look = (given) => { window = given; };
    return { element, show, blank, drawPoints, look, take, name };
  }

  Circles.network_parts = { plane, unitShade, titled };
})();

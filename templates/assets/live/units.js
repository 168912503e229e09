// The live figure "units": what so many ReLU units make, by the median run of each width of the report. Its
// kinks can be moved; the output's weights are fitted anew at once, by Newton's method.
"use strict";

(() => {
  const { make, drag, field, button, announcer, map, unpacked } = Circles.page;
  const RIDGE = 1e-3; // on the output's weights: points that are parted would let them grow for ever
  const STEPS = 12;

  const logistic = (z) => 1 / (1 + Math.exp(-Math.max(-40, Math.min(40, z))));

  // Solve a symmetric positive definite system in place, by Cholesky's decomposition.
  function solve(matrix, right) {
    const n = right.length;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = matrix[i][j];
        for (let k = 0; k < j; k++) sum -= matrix[i][k] * matrix[j][k];
        matrix[i][j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[j][j];
      }
    }
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) right[i] -= matrix[i][k] * right[k];
      right[i] /= matrix[i][i];
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) right[i] -= matrix[k][i] * right[k];
      right[i] /= matrix[i][i];
    }
    return right;
  }

  // The output's weights and its bias that make the cross-entropy small, from where they are.
  function refit(units, { x, y, label }, output) {
    const size = units.length + 1;
    const rows = label.map((_, i) => [...units.map(([u, v, b]) => Math.max(0, u * x[i] + v * y[i] + b)), 1]);
    let weights = output.slice();
    for (let step = 0; step < STEPS; step++) {
      const slope = weights.map((weight) => -RIDGE * weight);
      const matrix = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => (i === j ? RIDGE : 0)));
      rows.forEach((row, i) => {
        const p = logistic(row.reduce((sum, one, k) => sum + one * weights[k], 0));
        const weight = Math.max(1e-6, p * (1 - p));
        for (let j = 0; j < size; j++) {
          if (!row[j]) continue;
          slope[j] += (label[i] - p) * row[j];
          for (let k = 0; k <= j; k++) matrix[j][k] += weight * row[j] * row[k];
        }
      });
      const move = solve(matrix, slope);
      const length = Math.hypot(...move);
      const share = Math.min(1, 20 / (length || 1));
      weights = weights.map((one, k) => one + share * move[k]);
      if (length < 1e-6) break;
    }
    return weights;
  }

  // Where the boundary bends: on each kink, where the score changes its sign along it.
  function countCorners(units, output) {
    const score = (px, py, but) => units.reduce(
      (sum, [u, v, b], k) => (k === but ? sum : sum + output[k] * Math.max(0, u * px + v * py + b)), output.at(-1));
    let corners = 0;
    units.forEach(([u, v, b], j) => {
      const square = u * u + v * v;
      if (!square || !output[j]) return;
      const [fx, fy] = [(-b * u) / square, (-b * v) / square];
      const at = (t) => [fx - t * v, fy + t * u];
      const breaks = units.flatMap(([s, w, c], k) => {
        const rate = w * u - s * v;
        return k !== j && Math.abs(rate) > 1e-12 ? [-(s * fx + w * fy + c) / rate] : [];
      }).sort((one, other) => one - other);
      const stops = [(breaks[0] ?? 0) - 1e4, ...breaks, (breaks.at(-1) ?? 0) + 1e4];
      const signs = stops.map((t) => score(...at(t), j) > 0);
      for (let i = 1; i < signs.length; i++) corners += signs[i] !== signs[i - 1] ? 1 : 0;
    });
    return corners;
  }

  function accuracyOf(network, { x, y, label }) {
    const outputs = network.predict(x.map((one, i) => [one, y[i]]));
    return label.filter((one, i) => (outputs[i] > 0.5 ? 1 : 0) === one).length / label.length;
  }

  function build(data) {
    const { widths, points, held_out: heldOut, factor } = data;
    const { element: said, say } = announcer();
    const kinks = make("g", { class: "kinks" });
    const ideal = make("polygon", { class: "ideal", visibility: "hidden" });
    const shown = map({ ...data, label: "The points, the kinks of the units and the region that they make" }, ideal, kinks);
    const [left, right, bottom, top] = data.window;
    const toX = (u) => left + ((u + 100) / 200) * (right - left);
    const toY = (v) => top - ((v + 100) / 200) * (top - bottom);
    const reach = Math.hypot(right - left, top - bottom);
    let at = Math.max(0, widths.findIndex(({ width }) => width === 4));
    let units = [];
    let output = [];
    let chosen = 0;
    let moved = false;

    const big = make("strong", {});
    const [first, second, third] = [0, 1, 2].map(() => make("span", {}));
    const widthField = field({
      label: "Units", min: 0, max: widths.length - 1, step: 1, digits: 0,
      read: (x) => x, change: (index) => load(Math.round(index)),
    });
    const [, range, box] = widthField.element.children;
    box.remove();
    const angleField = field({ label: "Direction", min: 0, max: 360, step: 1, unit: "°", digits: 1, change: (value) => turn((value * Math.PI) / 180) });
    const shiftField = field({ label: "Distance from the middle", min: -reach / 2, max: reach / 2, step: reach / 400, digits: 3, change: (value) => shift(value) });
    const chosenName = make("p", { class: "live-chosen" });

    function load(index) {
      at = index;
      const { width } = widths[at];
      const weights = unpacked(widths[at].weights);
      units = Array.from({ length: width }, (_, k) => [weights[k], weights[width + k], weights[2 * width + k]]);
      output = [...weights.slice(3 * width, 4 * width), weights[4 * width]];
      [chosen, moved] = [0, false];
      drawKinks();
      show();
    }

    function network() {
      const weights = [...[0, 1, 2].flatMap((part) => units.map((unit) => unit[part])), ...output];
      return Circles.network({ layers: [{ units: units.length, activation: "relu" }, { units: 1, activation: "sigmoid" }], weights });
    }

    // Kinks are lines with a wide place to hold them by, and sliders for who uses keys.
    function drawKinks() {
      kinks.replaceChildren(...units.map((_, k) => {
        const made = make("g", { class: "kink", tabindex: 0, role: "slider", "aria-label": `Kink of unit ${k + 1}` },
          make("line", { class: "grip" }), make("line", { class: "edge" }));
        made.addEventListener("focus", () => choose(k));
        made.addEventListener("keydown", (event) => pressed(event, k));
        drag(made, (event) => grasped(event, k));
        return made;
      }));
    }

    function choose(k) {
      chosen = k;
      showChosen();
    }

    function pressed(event, k) {
      const far = event.shiftKey ? 10 : 1;
      const along = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const round = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!along && !round) return;
      event.preventDefault();
      chosen = k;
      if (along) shift(distanceOf(units[k]) + along * far * 0.01 * reach);
      else turn(angleOf(units[k]) + (round * far * Math.PI) / 180);
    }

    function grasped(event, k) {
      choose(k);
      const place = (given) => {
        const frame = shown.plane.getBoundingClientRect();
        return [toX(((given.clientX - frame.left) / frame.width) * 200 - 100), toY(((given.clientY - frame.top) / frame.height) * 200 - 100)];
      };
      const before = place(event);
      const start = distanceOf(units[k]);
      return (later) => {
        const [px, py] = place(later);
        const angle = angleOf(units[k]);
        shift(start + Math.cos(angle) * (px - before[0]) + Math.sin(angle) * (py - before[1]));
      };
    }

    const angleOf = ([u, v]) => Math.atan2(v, u);
    const distanceOf = ([u, v, b]) => -b / (Math.hypot(u, v) || 1);

    function place(angle, distance) {
      const size = Math.hypot(units[chosen][0], units[chosen][1]) || 1;
      const far = Math.max(-reach / 2, Math.min(reach / 2, distance));
      units[chosen] = [size * Math.cos(angle), size * Math.sin(angle), -size * far];
      output = refit(units, points, output);
      moved = true;
      show();
    }
    const turn = (angle) => place(angle, distanceOf(units[chosen]));
    const shift = (distance) => place(angleOf(units[chosen]), distance);

    function show() {
      const { width, held_out_accuracy, exact, close, runs, seed } = widths[at];
      const now = network();
      shown.paint(now);
      const corners = countCorners(units, output);
      const accuracy = accuracyOf(now, points);
      const outside = accuracyOf(now, heldOut);
      big.textContent = `${width} ${width === 1 ? "unit" : "units"}, ${corners} corners`;
      first.textContent = `Accuracy ${(100 * accuracy).toFixed(1)} %, on new points ${(100 * outside).toFixed(1)} %`;
      second.textContent = moved ? "Your kinks, with the best output weights for them" : `The median run: seed ${seed}, ${(100 * held_out_accuracy).toFixed(1)} % on new points`;
      third.textContent = `Of ${runs} runs ${close === null ? "" : `${close} close and `}${exact} exact`;
      range.value = at;
      range.setAttribute("aria-valuetext", `${width} units`);
      drawIdeal(width);
      showChosen();
      say(`${big.textContent}. ${first.textContent}. ${third.textContent}`);
    }

    function showChosen() {
      units.forEach((unit, k) => {
        const [angle, distance] = [angleOf(unit), distanceOf(unit)];
        const [n1, n2] = [Math.cos(angle), Math.sin(angle)];
        const ends = [-1, 1].map((side) => [n1 * distance - side * reach * n2, n2 * distance + side * reach * n1]);
        for (const line of kinks.children[k].children) {
          line.setAttribute("x1", shown.across(ends[0][0]));
          line.setAttribute("y1", shown.down(ends[0][1]));
          line.setAttribute("x2", shown.across(ends[1][0]));
          line.setAttribute("y2", shown.down(ends[1][1]));
        }
        kinks.children[k].classList.toggle("chosen", k === chosen);
        const values = { valuemin: -reach / 2, valuemax: reach / 2, valuenow: distance.toFixed(3) };
        Object.entries(values).forEach(([name, value]) => kinks.children[k].setAttribute(`aria-${name}`, value));
        kinks.children[k].setAttribute("aria-valuetext", `${distance.toFixed(2)} from the middle, at ${((angle * 180) / Math.PI).toFixed(0)} degrees`);
      });
      chosenName.textContent = `Kink of unit ${chosen + 1}`;
      angleField.show(((angleOf(units[chosen]) * 180) / Math.PI + 360) % 360);
      shiftField.show(distanceOf(units[chosen]));
    }

    // The regular polygon of twice as many corners, whose edges and corners are as far from either circle.
    function drawIdeal(width) {
      const half = Math.PI / (2 * width);
      const radius = (1 + factor) / (1 + Math.cos(half));
      const corners = Array.from({ length: 2 * width }, (_, k) => [radius * Math.cos(2 * k * half), radius * Math.sin(2 * k * half)]);
      ideal.setAttribute("points", width < 3 ? "" : corners.map(([x, y]) => `${shown.across(x)},${shown.down(y)}`).join(" "));
    }

    const idealButton = button("Ideal polygon", () => {
      const on = ideal.getAttribute("visibility") === "hidden";
      ideal.setAttribute("visibility", on ? "visible" : "hidden");
      idealButton.setAttribute("aria-pressed", String(on));
    }, { "aria-pressed": "false" });
    requestAnimationFrame(() => load(at));
    return make("div", { class: "live-panel", role: "group", "aria-label": "Live figure: units, kinks and corners" },
      make("div", { class: "live-picture" }, shown.element),
      make("div", { class: "live-controls" }, make("p", { class: "live-score" }, big, first, second, third), widthField.element,
        chosenName, angleField.element, shiftField.element,
        make("div", { class: "live-buttons" }, ...(factor ? [idealButton] : []), button("Start again", () => load(at))), said));
  }

  Circles.figures.units = build;
  Circles.units = { refit, countCorners };
})();

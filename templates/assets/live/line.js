// The live figure "line": a line to drag, turn and shift across two classes of points, and what a logistic
// unit with this line would answer and lose. Label 1 is blue and is answered on the line's positive side,
// where n · x + b > 0; the score is z = k (n · x + b), with the steepness k.
"use strict";

(() => {
  const { make, motion, isCalm, drag, field, button, announcer, lossText } = Circles.page;
  const STEEPEST = 100;
  const FLATTEST = 0.001;
  let shades = 0;
  const logistic = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

  // How many points a line has on their right sides, and the mean loss.
  function judge({ x, y, label }, { angle, shift, steepness }) {
    const [n1, n2] = [Math.cos(angle), Math.sin(angle)];
    const right = new Uint8Array(x.length);
    let loss = 0;
    let count = 0;
    for (let i = 0; i < x.length; i++) {
      const z = steepness * (n1 * x[i] + n2 * y[i] + shift);
      right[i] = (z > 0 ? 1 : 0) === label[i] ? 1 : 0;
      count += right[i];
      loss += (z > 0 ? z : 0) - z * label[i] + Math.log1p(Math.exp(-Math.abs(z)));
    }
    return { right, count, loss: loss / x.length };
  }

  // One step of gradient descent on the loss of the three weights k n₁, k n₂ and k b.
  function descend({ x, y, label }, state, rate) {
    let [w1, w2, b] = weightsOf(state);
    let [g1, g2, g] = [0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      const miss = (logistic(w1 * x[i] + w2 * y[i] + b) - label[i]) / x.length;
      g1 += miss * x[i];
      g2 += miss * y[i];
      g += miss;
    }
    [w1, w2, b] = [w1 - rate * g1, w2 - rate * g2, b - rate * g];
    const steepness = Math.hypot(w1, w2);
    const slope = Math.hypot(g1, g2, g);
    return { state: { angle: Math.atan2(w2, w1), shift: b / steepness, steepness }, slope };
  }

  function weightsOf({ angle, shift, steepness }) {
    return [Math.cos(angle), Math.sin(angle), shift].map((part) => part * steepness);
  }

  // Half the width of the window around the points' middle.
  function windowOf({ x, y }) {
    const [left, right, bottom, top] = [Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)];
    return { middle: [(left + right) / 2, (bottom + top) / 2], reach: 0.56 * Math.max(right - left, top - bottom) };
  }

  function build(data) {
    const { points, best, certificate, names } = data;
    const total = points.x.length;
    const { middle, reach } = windowOf(points);
    // Screen coordinates: the middle is 0, y downwards, the window from −100 to 100.
    const scale = 100 / reach;
    const across = (x) => (x - middle[0]) * scale;
    const down = (y) => (middle[1] - y) * scale;
    const start = { angle: 0.9, shift: 0.3 * reach, steepness: 5 };
    const { play, stop, glide } = motion();
    const { element: said, say } = announcer();
    let state = { ...start };
    let record = 0;

    // The plane
    const id = `live-shade-${++shades}`;
    const stops = Array.from({ length: 25 }, (_, i) => make("stop", { offset: i / 24 }));
    const shade = make("linearGradient", { id, gradientUnits: "userSpaceOnUse" }, ...stops);
    const dots = Array.from(points.x, (x, i) =>
      make("circle", { cx: across(x).toFixed(2), cy: down(points.y[i]).toFixed(2), r: 1.35, class: `of-${points.label[i]}` }));
    const edge = make("line", { class: "edge" });
    const grip = make("line", { class: "grip" });
    const knob = (name) => make(
      "g",
      { class: "knob", tabindex: 0, role: "slider", "aria-label": name },
      make("circle", { r: 15, class: "reach" }), make("circle", { r: 4.2, class: "ball" }),
    );
    const mover = knob("Shift of the line");
    const turner = knob("Direction of the line");
    const proof = make("g", { class: "proof", visibility: "hidden" });
    const plane = make(
      "svg",
      { viewBox: "-100 -100 200 200", class: "live-plane", role: "group", "aria-label": "The points and your line" },
      make("defs", {}, shade),
      make("rect", { x: -100, y: -100, width: 200, height: 200, fill: `url(#${id})` }),
      make("g", { class: "dots" }, ...dots), proof, edge, grip, mover, turner,
    );

    // The numbers
    const big = make("strong", {});
    const rest = make("span", {});
    const bestTry = make("span", { class: "live-record" });
    const score = make("p", { class: "live-score" }, big, rest, bestTry);
    const degrees = (angle) => ((angle * 180) / Math.PI + 360) % 360;
    const angleField = field({
      label: "Direction", min: 0, max: 360, step: 1, unit: "°", digits: 1,
      change: (value) => set({ angle: (value * Math.PI) / 180 }, true),
    });
    const shiftField = field({
      label: "Distance from the middle", min: -reach, max: reach, step: reach / 200, digits: 3,
      change: (value) => set({ shift: -value - offsetOfMiddle() }, true),
    });
    const steepField = field({
      label: "Steepness", min: FLATTEST, max: STEEPEST, step: 0.02, digits: 3,
      read: (value) => 10 ** value, write: Math.log10, change: (value) => set({ steepness: value }, true),
    });

    function offsetOfMiddle() {
      return Math.cos(state.angle) * middle[0] + Math.sin(state.angle) * middle[1];
    }

    function set(change, byHand = false) {
      if (byHand) stop();
      state = { ...state, ...change };
      show(byHand);
    }

    function show(byHand) {
      const found = judge(points, state);
      found.right.forEach((right, i) => dots[i].classList.toggle("wrong", !right));
      const [n1, n2] = [Math.cos(state.angle), -Math.sin(state.angle)]; // on the screen
      const distance = (state.shift + offsetOfMiddle()) * scale;
      const foot = [-n1 * distance, -n2 * distance];
      const ends = [-1, 1].map((side) => [foot[0] - side * n2 * 290, foot[1] + side * n1 * 290]);
      for (const line of [edge, grip]) {
        [["x1", ends[0][0]], ["y1", ends[0][1]], ["x2", ends[1][0]], ["y2", ends[1][1]]]
          .forEach(([name, value]) => line.setAttribute(name, value.toFixed(2)));
      }
      mover.setAttribute("transform", `translate(${foot.map((one) => one.toFixed(2)).join(" ")})`);
      const away = Math.max(25, Math.min(60, 88 - 0.5 * Math.abs(distance)));
      turner.setAttribute("transform", `translate(${(foot[0] - n2 * away).toFixed(2)} ${(foot[1] + n1 * away).toFixed(2)})`);
      paint(foot, n1, n2);
      tell(found, byHand);
    }

    // Shades say how sure the unit is: nothing at ½, full at 0 and 1.
    function paint(foot, n1, n2) {
      const span = Math.min(280, (6 / state.steepness) * scale); // beyond it the unit is sure
      shade.setAttribute("x1", foot[0] - n1 * span);
      shade.setAttribute("y1", foot[1] - n2 * span);
      shade.setAttribute("x2", foot[0] + n1 * span);
      shade.setAttribute("y2", foot[1] + n2 * span);
      stops.forEach((one, i) => {
        const p = logistic((state.steepness * span * (i / 12 - 1)) / scale);
        one.setAttribute("class", p > 0.5 ? "of-1" : "of-0");
        one.setAttribute("stop-opacity", (0.3 * Math.abs(2 * p - 1)).toFixed(4));
      });
    }

    function tell(found, byHand) {
      if (byHand) record = Math.max(record, found.count);
      const percent = ((100 * found.count) / total).toFixed(1);
      big.textContent = `${found.count} of ${total} right`;
      rest.textContent = `Accuracy ${percent} % · Loss ${lossText(found.loss)}`;
      bestTry.textContent = record ? `Your best try: ${record}` : "Drag the line, or use the arrow keys.";
      const distance = -(state.shift + offsetOfMiddle());
      angleField.show(degrees(state.angle));
      shiftField.show(distance);
      steepField.show(Math.min(STEEPEST, Math.max(FLATTEST, state.steepness)));
      sayValue(mover, distance.toFixed(2), -reach, reach, distance);
      sayValue(turner, `${degrees(state.angle).toFixed(0)} degrees`, 0, 360, degrees(state.angle));
      say(`${found.count} of ${total} points right, accuracy ${percent} %, loss ${found.loss.toFixed(3)}`);
    }

    function sayValue(knob, text, low, high, value) {
      [["valuemin", low], ["valuemax", high], ["valuenow", value], ["valuetext", text]]
        .forEach(([name, given]) => knob.setAttribute(`aria-${name}`, typeof given === "number" ? given.toFixed(2) : given));
    }

    // Dragging
    function pointerAt(event) {
      const box = plane.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * 200 - 100, ((event.clientY - box.top) / box.height) * 200 - 100];
    }

    const clamp = (shift) => Math.max(-reach, Math.min(reach, shift + offsetOfMiddle())) - offsetOfMiddle();
    const beginShift = (event) => {
      const [x, y] = pointerAt(event);
      const [n1, n2] = [Math.cos(state.angle), -Math.sin(state.angle)];
      const before = state.shift + (n1 * x + n2 * y) / scale;
      return (later) => {
        const [u, v] = pointerAt(later);
        set({ shift: clamp(before - (n1 * u + n2 * v) / scale) }, true);
      };
    };
    const beginTurn = () => {
      const [n1, n2] = [Math.cos(state.angle), -Math.sin(state.angle)];
      const distance = (state.shift + offsetOfMiddle()) * scale;
      const pivot = [-n1 * distance, -n2 * distance];
      return (later) => { // the knob lies along (sin, cos) of the angle, as y points down on the screen
        const [u, v] = pointerAt(later);
        turnAbout(pivot, Math.atan2(u - pivot[0], v - pivot[1]));
      };
    };
    function turnAbout(pivot, angle) {
      const [n1, n2] = [Math.cos(angle), -Math.sin(angle)];
      state.angle = angle;
      set({ angle, shift: clamp(-(n1 * pivot[0] + n2 * pivot[1]) / scale - offsetOfMiddle()) }, true);
    }
    drag(mover, beginShift);
    drag(grip, beginShift);
    drag(turner, beginTurn);

    // Keys: along the arrow, on either knob; with Shift ten times as far.
    function keys(knob, step, home) {
      knob.addEventListener("keydown", (event) => {
        const sign = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
        if (!sign && event.key !== "Home") return;
        event.preventDefault();
        if (sign) step(sign * (event.shiftKey ? 10 : 1));
        else home();
      });
    }
    keys(mover, (count) => set({ shift: clamp(state.shift - count * reach * 0.01) }, true), () => set({ shift: -offsetOfMiddle() }, true));
    keys(turner, (count) => set({ angle: state.angle + (count * Math.PI) / 180 }, true), () => set({ angle: 0 }, true));

    // What the buttons do
    function toBest() {
      const from = { ...state };
      const goal = Math.atan2(best.normal[1], best.normal[0]);
      const turn = ((goal - from.angle + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
      glide(0.9, (share) => set({
        angle: share === 1 ? goal : from.angle + share * turn,
        shift: from.shift + share * (best.offset - from.shift),
      }));
    }

    function toLowLoss() {
      stop();
      const next = () => {
        let slope = 1;
        for (let i = 0; i < (isCalm() ? 5000 : 3) && slope > 1e-6; i++) {
          const moved = descend(points, state, 0.5);
          slope = moved.slope;
          state = moved.state;
        }
        show(false);
        return slope > 1e-6;
      };
      if (isCalm()) next();
      else play(next);
    }

    const proofText = make("div", { class: "live-proof", hidden: true });
    const whyButton = button("Why not more?", () => {
      const shown = proofText.hidden;
      proofText.hidden = !shown;
      proof.setAttribute("visibility", shown ? "visible" : "hidden");
      whyButton.setAttribute("aria-expanded", String(shown));
    }, { "aria-expanded": "false" });
    if (certificate) drawProof();

    function drawProof() {
      const rows = certificate.label.map((label, i) => ({ label, ...corner(i) }));
      for (const label of [0, 1]) {
        const corners = rows.filter((row) => row.label === label);
        const path = corners.map((row) => `${across(row.x)},${down(row.y)}`).join(" ");
        proof.append(make("polygon", { points: path, class: `of-${label}` }));
        corners.forEach((row) => proof.append(make("circle", { cx: across(row.x), cy: down(row.y), r: 3.2, class: `of-${label}` })));
      }
      const [x, y] = [across(certificate.point[0]), down(certificate.point[1])];
      proof.append(make("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, class: "cross" }));
      proofText.append(
        make("p", {}, "Multiply each of these points by its weight and add up each class: both sums are the place of the "
          + "cross. A line with the classes on different sides would have that one place on both."),
        make("table", {}, make("thead", {}, row("th", ["class", "x₁", "x₂", "weight"])),
          make("tbody", {}, ...rows.map((one) => row("td", [names[one.label], ...[one.x, one.y, one.weight].map((value) => value.toFixed(4).replace("-", "−"))])))),
      );
    }

    function corner(i) {
      return { x: certificate.x[i], y: certificate.y[i], weight: certificate.weight[i] };
    }

    function row(cell, texts) {
      return make("tr", {}, ...texts.map((text) => make(cell, {}, text)));
    }

    const buttons = make(
      "div",
      { class: "live-buttons" },
      button("Best line", toBest),
      button("Make the loss small", toLowLoss),
      ...(certificate ? [whyButton] : []),
      button("Start again", () => { record = 0; set(start); stop(); }),
    );
    const key = make("p", { class: "live-key" },
      make("span", { class: "of-1" }, names[1]), make("span", { class: "of-0" }, names[0]), make("span", { class: "wrong" }, "on the wrong side"));
    show(false);
    return make(
      "div",
      { class: "live-panel", role: "group", "aria-label": "Live figure: a line across the points" },
      make("div", { class: "live-picture" }, plane, key),
      make("div", { class: "live-controls" }, score, angleField.element, shiftField.element, steepField.element, buttons, proofText, said),
    );
  }

  Circles.figures.line = build;
})();

// What the live figure "network" says of a network in training: loss and accuracy along the epochs, the epoch to
// go back to, which points are taken for which, and how much of the gradient is exactly zero.
"use strict";

(() => {
  const { make, lossText } = Circles.page;
  const [WIDE, HIGH] = [100, 40]; // of a chart
  const LONGEST = 24; // letters of a label in a table
  const LIGHT = 500; // weights with which all can be found for every picture
  const percent = (share) => `${(100 * share).toFixed(1)} %`;

  // Curves of one measure; the dashed one is of the points held out.
  function chart(name, key) {
    const [solid, dashed] = ["training", "held-out"].map((of) => make("path", { class: `curve ${of}` }));
    const marker = make("line", { y1: 0, y2: HIGH, class: "edge" });
    const drawing = make("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "live-curves", preserveAspectRatio: "none", "aria-hidden": "true" }, marker, solid, dashed);
    const value = make("span", { class: "net-value" });
    const top = make("span", { class: "net-top" });
    const element = make("div", { class: "net-chart" }, make("p", {}, name, value), make("div", { class: "net-drawing" }, drawing, top));

    function show(frames, epochs, at) {
      const values = frames.flatMap(({ training, heldOut }) => [training[key], heldOut?.[key] ?? 0]).filter(Number.isFinite);
      const most = key === "accuracy" ? 1 : Math.min(Math.max(...values), 3 * (frames[0].training.loss || 1)) || 1;
      const path = (read) => frames.map((frame, i) => {
        const y = HIGH - 1 - (HIGH - 2) * Math.min(1, (read(frame) ?? 0) / most);
        return `${i ? "L" : "M"}${((WIDE * frame.epoch) / epochs).toFixed(2)} ${y.toFixed(2)}`;
      }).join("");
      solid.setAttribute("d", path((frame) => frame.training[key]));
      dashed.setAttribute("d", frames[0].heldOut ? path((frame) => frame.heldOut[key]) : "");
      for (const end of ["x1", "x2"]) marker.setAttribute(end, (WIDE * at.epoch) / epochs);
      top.textContent = key === "accuracy" ? "100 %" : most.toPrecision(2);
      const said = key === "accuracy" ? percent : lossText;
      value.textContent = said(at.training[key]) + (at.heldOut ? ` · new points ${said(at.heldOut[key])}` : "");
    }
    return { element, show };
  }

  // How many points of each label are taken for which.
  function confusion() {
    const body = make("tbody", {});
    const head = make("thead", {});
    const caption = make("caption", {});
    const element = make("table", { class: "net-confusion" }, caption, head, body);

    function show(network, sample, names, isHeldOut) {
      const columns = network.columns;
      const outputs = network.predict(sample.x.map((x, i) => [x, sample.y[i]]));
      const counts = [[0, 0, 0], [0, 0, 0]];
      sample.label.forEach((label, i) => {
        counts[label][Math.min(2, answerOf(outputs, columns, i))] += 1;
      });
      const shown = counts.some((row) => row[2]) ? [0, 1, 2] : [0, 1];
      const said = [...names.map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name)), "neither"];
      caption.textContent = `${isHeldOut ? "New points" : "Points"}, and what they are taken for`;
      head.replaceChildren(make("tr", {}, make("td", {}), ...shown.map((answer) => make("th", { scope: "col" }, said[answer]))));
      body.replaceChildren(...[1, 0].map((label) => make("tr", {}, make("th", { scope: "row", class: `of-${label}` }, said[label]),
        ...shown.map((answer) => make("td", { class: answer === label ? "right" : "wrong" }, String(counts[label][answer]))))));
    }
    return { element, show };
  }

  function answerOf(outputs, columns, i) {
    if (columns === 1) return outputs[i] > 0.5 ? 1 : 0;
    let best = 0;
    for (let c = 1; c < columns; c++) if (outputs[i * columns + c] > outputs[i * columns + best]) best = c;
    return best;
  }

  // `go` is told which epoch to show.
  function results({ go }) {
    const big = make("strong", {});
    const rest = make("span", {});
    const [loss, accuracy] = [chart("Loss", "loss"), chart("Accuracy", "accuracy")];
    const slider = make("input", { type: "range", min: 0, step: 1, "aria-label": "Epoch to show", oninput: () => go(Number(slider.value)) });
    const table = confusion();
    const gradient = make("p", { class: "net-gradient" });
    const key = make("p", { class: "net-key" }, make("span", { class: "training" }, "training points"), make("span", { class: "held-out" }, "new points, held out"));
    const parts = make("div", {}, accuracy.element, loss.element, slider, key, table.element, gradient);
    const element = make("div", { class: "live-controls" }, make("p", { class: "live-score" }, big, rest), parts);

    // Show a frame of a session; what is slow to find only where the network rests.
    function show(session, frame, network, samples, isResting) {
      const { epochs } = session.state;
      parts.hidden = false;
      const last = Math.max(epochs, session.frames.at(-1).epoch);
      big.textContent = `Epoch ${frame.epoch}`;
      const score = frame.heldOut ?? frame.training;
      rest.textContent = `${percent(score.accuracy)} of ${frame.heldOut ? "new points" : "the points"} right`;
      for (const one of [loss, accuracy]) one.show(session.frames, last, frame);
      slider.max = last;
      slider.value = frame.epoch;
      slider.setAttribute("aria-valuetext", `Epoch ${frame.epoch} of ${epochs}`);
      if (!isResting && network.weights.length > LIGHT) {
        gradient.textContent = "";
        return;
      }
      table.show(network, samples.held_out.x.length ? samples.held_out : samples.points, samples.names, samples.held_out.x.length > 0);
      gradient.textContent = gradientWords(session, samples.points.x.length);
    }

    function gradientWords(session, count) {
      const [found, flat] = [session.training.gradient(), session.training.flat()];
      const zeros = found.reduce((sum, one) => sum + (one === 0 ? 1 : 0), 0);
      return `Gradient exactly zero: at ${percent(flat / count)} of the training points, and in ${zeros} of ${found.length} weights.`;
    }
    // There is no network yet.
    function blank() {
      big.textContent = "No network yet";
      rest.textContent = "";
      parts.hidden = true;
    }
    return { element, show, blank, said: () => `${big.textContent}. ${rest.textContent}` };
  }

  Circles.network_parts.results = results;
})();

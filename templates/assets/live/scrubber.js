// The live figure "scrubber": the boundary of a run after each of its recorded epochs, with its loss and its
// accuracy. The networks are those of the report; nothing is trained here.
"use strict";

(() => {
  const { make, isCalm, field, button, announcer, map, unpacked } = Circles.page;
  const SECONDS = 8; // for all epochs

  function build(data) {
    const { layers, features, scaler, epochs, weights, loss, accuracy } = data;
    if (!epochs.length) return null; // it diverged at once
    const last = epochs.length - 1;
    const all = unpacked(weights); // frame after frame
    const count = all.length / epochs.length;
    const shown = map({ ...data, label: "The points, and what the network answers" });
    const marker = make("line", { y1: 0, y2: 40, class: "edge" });
    const along = (frame) => (100 * frame) / (last || 1);
    const path = (values, most) =>
      values.map((value, i) => `${i ? "L" : "M"}${along(i).toFixed(2)} ${(39 - (38 * value) / (most || 1)).toFixed(2)}`).join("");
    const curves = make("svg", { viewBox: "0 0 100 40", class: "live-curves", preserveAspectRatio: "none", "aria-hidden": "true" },
      make("path", { d: path(loss, Math.max(...loss)), class: "loss" }), make("path", { d: path(accuracy, 1), class: "accuracy" }), marker);
    const big = make("strong", {});
    const rest = make("span", {});
    const { element: said, say } = announcer();
    let now = last;
    let playing = null;

    // The slider goes from frame to frame, and the number beside it is the epoch.
    const nearest = (epoch) =>
      epochs.reduce((best, one, i) => (Math.abs(one - epoch) < Math.abs(epochs[best] - epoch) ? i : best), 0);
    const slider = field({
      label: "Epoch", min: epochs[0], max: epochs[last], step: 1, digits: 0,
      read: (frame) => epochs[Math.round(frame)], write: nearest,
      change: (epoch) => { pause(); show(nearest(epoch)); },
    });

    function show(frame) {
      now = frame;
      shown.paint(Circles.network({ layers, features, scaler, weights: all.slice(frame * count, (frame + 1) * count) }));
      const words = `Accuracy ${(100 * accuracy[frame]).toFixed(1)} % · Loss ${loss[frame].toFixed(4)}`;
      big.textContent = `Epoch ${epochs[frame]}`;
      rest.textContent = words;
      slider.show(epochs[frame]);
      for (const name of ["x1", "x2"]) marker.setAttribute(name, along(frame));
      say(`Epoch ${epochs[frame]}. ${words}`);
    }

    function pause() {
      clearInterval(playing);
      playing = null;
      playButton.textContent = "Play";
    }

    const playButton = button("Play", () => {
      if (playing) return pause();
      if (now === last) show(0);
      playButton.textContent = "Pause";
      playing = setInterval(() => {
        if (document.hidden) return;
        show(Math.min(last, now + 1));
        if (now === last) pause();
      }, Math.max(isCalm() ? 500 : 60, (1000 * SECONDS) / epochs.length));
    });
    const step = (by) => () => { pause(); show(Math.min(last, Math.max(0, now + by))); };
    const buttons = make("div", { class: "live-buttons" }, playButton, button("Step back", step(-1)), button("Step on", step(1)));
    const key = make("p", { class: "live-key" }, make("span", { class: "key-loss" }, "loss"), make("span", { class: "key-accuracy" }, "accuracy"));
    requestAnimationFrame(() => show(now));
    // The page's link to the network figure asks for this variant.
    for (const link of document.querySelectorAll('a[href$="#own-network"]')) {
      link.hash = `net=variant:${data.name}`;
    }
    return make("div", { class: "live-panel", role: "group", "aria-label": "Live figure: the boundary epoch by epoch" },
      make("div", { class: "live-picture" }, shown.element),
      make("div", { class: "live-controls" }, make("p", { class: "live-score" }, big, rest), slider.element, curves, key, buttons, make("p", { class: "live-run" }, data.run), said));
  }

  Circles.figures.scrubber = build;
})();

// What a reader takes home from the live figure "network": a link, and files.
"use strict";

(() => {
  const { make, button } = Circles.page;
  const { program: asProgram, variant, weights, table, curves, save } = Circles.exports;
  const OF_SEEDS = ["features", "feature_scale", "layers", "loss", "optimizer", "learning_rate", "initializer", "epochs", "batch_size"];

  // `now` returns the state, the session, the frame that is shown and the samples.
  function takeHome({ now, address, remember, tell, program }) {
    const link = make("input", { type: "text", readonly: true, hidden: true, "aria-label": "The link to this network" });

    async function copyLink() {
      remember();
      const text = location.href.replace(/#.*/, "") + address();
      const note = now().state.data === "csv" ? " Your table is not in it: who opens the link chooses a file of their own." : "";
      try {
        await navigator.clipboard.writeText(text);
        link.hidden = true;
        tell(`The link is copied.${note}`);
      } catch {
        [link.hidden, link.value] = [false, text];
        link.select();
        tell(`Copy the link from the field below.${note}`);
      }
    }

    // A file of what there is now; without a point there is nothing yet.
    const file = (words, name, make) => button(words, () => {
      const found = now();
      if (found.session || name === "points.csv") save(name, make(found));
      else tell("Paint some points first.");
    });

    // The figure of 64 seeds, where the page has it, takes the network by the address.
    const seeds = button("Run it under 64 seeds", () => {
      const { state } = now();
      const settings = Object.fromEntries(OF_SEEDS.map((key) => [key, state[key]]));
      location.hash = `#seeds=${encodeURIComponent(JSON.stringify(settings))}`;
    });

    const element = make("div", { class: "net-take", role: "group", "aria-label": "Take it home" }, button("Copy link", copyLink),
      file("Keras program", "network.py", ({ state }) => asProgram(state, program)),
      file("Variant for circles.toml", "variant.toml", ({ state }) => variant(state)),
      file("Weights as JSON", "weights.json", ({ state, session, frame }) => weights(state, session.network, frame.epoch, session.scaler)),
      file("Points as CSV", "points.csv", ({ samples }) => table(samples)),
      file("Curves as CSV", "curves.csv", ({ session }) => curves(session.frames)), seeds, link);
    const show = ({ data }) => { seeds.hidden = data !== "report" || !document.querySelector(".live.enabled[data-figure=seeds]"); };
    return { element, show };
  }

  Circles.network_parts.takeHome = takeHome;
})();

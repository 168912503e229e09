// The settings of the live figure "network": the network, how it is trained, and its points. Each control says
// what it changes, { learning_rate: 0.1 }, and shows what the state has.
"use strict";

(() => {
  const { make, button } = Circles.page;
  const { ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS } = Circles.options;
  const { titled } = Circles.network_parts;
  const nameOf = (option) => option.name ?? option.schedule ?? option;
  let count = 0;

  // A choice; `options` are names, or pairs of a name and what it is called.
  function select(label, options, change) {
    const id = `net-${++count}`;
    const list = make("select", { id, onchange: () => change(list.value) });
    const fill = (now) => list.replaceChildren(...now.map((one) => [one].flat()).map(([value, words = titled(value)]) => make("option", { value }, words)));
    fill(options);
    const show = (value) => { list.value = value; };
    return { element: make("div", { class: "net-field" }, make("label", { for: id }, label), list), show, fill };
  }

  function number(label, change, attributes = {}) {
    const id = `net-${++count}`;
    const box = make("input", { type: "number", id, step: "any", ...attributes });
    let now = "";
    box.addEventListener("change", () => {
      const value = box.value.trim() === "" ? NaN : Number(box.value);
      if (Number.isFinite(value)) change(value);
      else box.value = now;
    });
    const show = (value) => { box.value = now = String(value); };
    return { element: make("div", { class: "net-field" }, make("label", { for: id }, label), box), show };
  }

  const group = (title, ...parts) => make("fieldset", { class: "net-group" }, make("legend", {}, title), ...parts.map((one) => one.element ?? one));
  const hide = ({ element }, isHidden) => { element.hidden = isHidden; };

  // What changes with the activation of hidden layers, or with that of the output and its loss.
  const withHidden = ({ layers }, part) => ({ layers: [...layers.slice(0, -1).map((layer) => ({ ...layer, ...part })), layers.at(-1)] });

  function withOutput({ layers, loss }, activation) {
    const units = activation === "softmax" ? Math.max(2, layers.at(-1).units) : layers.at(-1).activation === "softmax" ? 1 : layers.at(-1).units;
    const isSparse = nameOf(loss) === "sparse_categorical_crossentropy";
    const other = activation === "softmax" ? "sparse_categorical_crossentropy" : isSparse ? "binary_crossentropy" : loss;
    return { layers: [...layers.slice(0, -1), { ...layers.at(-1), units, activation }], loss: other };
  }

  function networkGroup(now, change) {
    const smooth = Object.keys(ACTIVATIONS).filter((name) => name !== "softmax");
    const activation = select("Activation", smooth, (value) => change(withHidden(now(), { activation: value })));
    const output = select("Output", Object.keys(ACTIVATIONS), (value) => change(withOutput(now(), value)));
    const loss = select("Loss", Object.keys(LOSSES), (value) => change({ loss: value }));
    const penalty = select("Penalty", [["none"], ["l1", "L1"], ["l2", "L2"]], (value) => change(withPenalty(now(), value)));
    const size = number("Its weight", (value) => change(withPenalty(now(), penaltyOf(now()), value)), { min: 0 });
    const first = select("First weights", Object.keys(INITIALIZERS), (value) => change({ initializer: value }));
    const scale = select("Features are", [["none", "as they are"], ["standard", "standardised"]], (value) => change({ feature_scale: value }));
    const layers = make("div", { class: "net-field" }, make("span", { class: "net-label" }, "Hidden layers"), make("span", { class: "net-pair" },
      button("−", () => change({ by: -1 }), { "aria-label": "Take the last hidden layer away" }), button("+", () => change({ by: 1 }), { "aria-label": "Add a hidden layer" })));
    const show = (state) => {
      const hidden = state.layers.slice(0, -1);
      const [name, ...others] = new Set(hidden.map((layer) => layer.activation));
      hide(activation, !hidden.length);
      activation.fill(others.length ? [["", "several"], ...smooth] : smooth);
      activation.show(others.length ? "" : name);
      output.show(state.layers.at(-1).activation);
      loss.show(nameOf(state.loss));
      penalty.show(penaltyOf(state));
      hide(size, penaltyOf(state) === "none");
      size.show(state.layers[0][penaltyOf(state)] ?? 0);
      first.show(nameOf(state.initializer));
      scale.show(state.feature_scale);
    };
    return { element: group("Network", layers, activation, output, loss, penalty, size, first, scale), show };
  }

  const penaltyOf = ({ layers }) => (layers.some(({ l1 }) => l1) ? "l1" : layers.some(({ l2 }) => l2) ? "l2" : "none");

  function withPenalty({ layers }, name, size = 0.001) {
    return { layers: layers.map(({ units, activation }) => ({ units, activation, ...(name === "none" ? {} : { [name]: size }) })) };
  }

  function trainingGroup(now, change) {
    const optimizer = select("Optimizer", Object.keys(OPTIMIZERS), (value) => change({ optimizer: value }));
    const momentum = number("Momentum", (value) => change({ optimizer: withKey(now().optimizer, "momentum", value) }), { min: 0, max: 0.999 });
    const rate = number("Learning rate", (value) => change({ learning_rate: value }), { min: 0 });
    const batch = number("Batch size", (value) => change({ batch_size: value }), { min: 1, step: 1 });
    const epochs = number("Epochs", (value) => change({ epochs: value }), { min: 1, step: 1 });
    const patience = number("Early stopping", (value) => change(withPatience(now(), value)), { min: 0, step: 1, title: "After how many epochs without gain training stops; 0: never" });
    const seed = number("Seed", (value) => change({ seed: value }), { min: 0, step: 1 });
    const show = (state) => {
      optimizer.show(nameOf(state.optimizer));
      hide(momentum, !["sgd", "rmsprop"].includes(nameOf(state.optimizer)));
      momentum.show(state.optimizer.momentum ?? 0);
      rate.show(state.learning_rate.initial ?? state.learning_rate);
      batch.show(state.batch_size);
      epochs.show(state.epochs);
      patience.show(state.early_stopping ? state.early_stopping.patience : 0);
      seed.show(state.seed);
    };
    return { element: group("Training", optimizer, momentum, rate, batch, epochs, seed, patience), show };
  }

  function withKey(option, key, value) {
    const table = { ...(typeof option === "object" ? option : { name: option }), [key]: value };
    if (!value) delete table.nesterov;
    return table;
  }

  // The reader's early stopping watches the last fifth of the points; that of a variant what it says.
  function withPatience({ early_stopping: stop, validation_split: share }, patience) {
    if (!patience) return { early_stopping: "", validation_split: 0 };
    return { early_stopping: { monitor: "val_loss", ...stop, patience }, validation_split: stop ? share : share || 0.2 };
  }

  function pointsGroup(now, change, { take, open }) {
    const { DRAWN } = Circles.datasets;
    const kinds = [["report", "the report’s"], ...DRAWN, ["painted", "your own"], ["csv", "a CSV file"]];
    const data = select("Points", kinds, (value) => (value === "csv" ? open() : change({ data: value })));
    const noise = number("Noise", (value) => change({ noise: value }), { min: 0, max: 1 });
    const samples = number("How many", (value) => change({ samples: value }), { min: 10, step: 1 });
    const draw = number("Draw", (value) => change({ draw: value }), { min: 0, step: 1 });
    const brushes = [["1", "Blue"], ["0", "Orange"], ["erase", "Erase"]].map(([what, words]) => {
      const made = button(words, () => use(what === "erase" ? what : Number(what)), { "aria-pressed": "false", class: `brush-${what}` });
      return { what, made };
    });
    const clear = button("Clear", () => change({ points: "" }));
    const paint = make("div", { class: "net-brushes", role: "group", "aria-label": "Paint points" }, ...brushes.map(({ made }) => made), clear);
    const hint = make("p", { class: "net-hint" }, "Choose a colour and paint on the plane; by keys, arrows move the cross and Space paints.");
    const file = make("div", { class: "net-brushes" }, button("Open a CSV file…", open));
    const use = (what) => {
      for (const one of brushes) one.made.setAttribute("aria-pressed", String(one.what === String(what)));
      take(what);
    };
    const show = (state) => {
      const isDrawn = DRAWN.includes(state.data);
      data.show(state.data);
      for (const one of [noise, samples]) hide(one, !isDrawn);
      hide(draw, state.data === "report");
      [paint.hidden, hint.hidden] = [state.data !== "painted", state.data !== "painted"];
      noise.show(state.noise);
      samples.show(state.samples);
      draw.show(state.draw);
      if (state.data !== "painted") use(null);
      else if (!brushes.some(({ made }) => made.getAttribute("aria-pressed") === "true")) use(1);
    };
    return { element: group("Points", data, noise, samples, draw, paint, hint, file), show };
  }

  // All groups; `now` returns the state, `change` is told what is to become of it.
  function controls({ now, change, take, open }) {
    const groups = [networkGroup(now, change), trainingGroup(now, change), pointsGroup(now, change, { take, open })];
    const element = make("div", { class: "net-settings" }, ...groups.map((one) => one.element));
    return { element, show: (state) => groups.forEach((one) => one.show(state)) };
  }

  Object.assign(Circles.network_parts, { controls, select, number });
})();

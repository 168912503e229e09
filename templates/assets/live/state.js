// What the network of a reader is: all that the figure's controls say, as one object, and as an address
//
//   #net=layers:8relu,1sigmoid;optimizer:sgd(momentum=0.9);learning_rate:0.1;data:moons;noise:0.2
//
// Names, keys and limits are those of the experiment file; what is not said has its default. A whole variant
// of the report with its trained weights is `#net=variant:NAME`.
"use strict";

(() => {
  const { ACTIVATIONS, FEATURES, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES } = Circles.options;
  const [MOST_WEIGHTS, MOST_LAYERS, MOST_UNITS, MOST_POINTS] = [2000, 7, 32, 2000]; // layers with the output
  const MARK = "#net=";

  const DEFAULTS = {
    variant: "", data: "report", noise: 0.1, samples: 1000, draw: 1, points: "",
    features: ["x1", "x2"], feature_scale: "none",
    layers: [{ units: 4, activation: "relu" }, { units: 1, activation: "sigmoid" }],
    loss: "binary_crossentropy", optimizer: "adam", learning_rate: 0.001, initializer: "glorot_uniform",
    batch_size: 32, epochs: 1000, validation_split: 0, early_stopping: "", seed: 0, epoch: 0,
  };

  // What a field may be: each returns nothing, or what is allowed.
  const number = (low, high, { whole = false, open = "" } = {}) => (value) => {
    const range = open === "low" ? `above ${low}, at most ${high}` : `from ${low} to ${open === "high" ? "below " : ""}${high}`;
    const isOutside = value < low || value > high || (open === "low" && value === low) || (open === "high" && value === high);
    return Number.isFinite(value) && !isOutside && (!whole || Number.isInteger(value)) ? "" : `a ${whole ? "whole " : ""}number ${range}`;
  };
  const whole = (low, high) => number(low, high, { whole: true });
  const oneOf = (...names) => (value) => (names.includes(value) ? "" : names.join(", "));
  const SHARE = number(0, 1);
  const DECAY = number(0, 1, { open: "high" });
  const RATE = number(1e-9, 1000);
  const BOOLEAN = oneOf(true, false);
  const PENALTY = number(0, 1000);
  const SCALE = { scale: number(0, 1000, { open: "low" }) };
  const ADAM = { beta_1: DECAY, beta_2: DECAY, epsilon: number(0, 1, { open: "low" }) };
  const STEPS = whole(1, 1e9);

  // The keys of each option.
  const KEYS = {
    adam: ADAM, adamw: { ...ADAM, weight_decay: SHARE }, sgd: { momentum: DECAY, nesterov: BOOLEAN },
    rmsprop: { rho: DECAY, momentum: DECAY, epsilon: ADAM.epsilon, centered: BOOLEAN },
    constant: { initial: RATE }, cosine: { initial: RATE, decay_steps: STEPS, alpha: SHARE },
    exponential: { initial: RATE, decay_steps: STEPS, decay_rate: number(0, 1, { open: "low" }), staircase: BOOLEAN },
    binary_crossentropy: { label_smoothing: SHARE },
    ...Object.fromEntries(Object.keys(INITIALIZERS).map((name) => [name, SCALE])),
    stop: { monitor: oneOf("val_loss", "val_accuracy", "loss", "accuracy"), min_delta: PENALTY, patience: whole(1, 1e5),
      restore_best_weights: BOOLEAN, start_from_epoch: whole(0, 99999) },
  };

  function checkKeys(keys, allowed) {
    for (const [key, value] of Object.entries(keys)) {
      if (!Object.hasOwn(allowed, key)) return Object.keys(allowed).length ? `the keys ${Object.keys(allowed).join(", ")}` : "no keys";
      const wrong = allowed[key](value);
      if (wrong) return `for ${key}, ${wrong}`;
    }
    return "";
  }

  const optionOf = (names, tag = "name") => (value) => {
    const { [tag]: name, ...keys } = typeof value === "object" ? value : { [tag]: value };
    return oneOf(...Object.keys(names))(name) || checkKeys(keys, KEYS[name] ?? {});
  };

  function checkLayers(layers) {
    if (layers.length < 1 || layers.length > MOST_LAYERS) return `1 to ${MOST_LAYERS} layers, the output one of them`;
    for (const { units, activation, l1 = 0, l2 = 0, ...others } of layers) {
      const wrong = whole(1, MOST_UNITS)(units) || oneOf(...Object.keys(ACTIVATIONS))(activation) || PENALTY(l1) || PENALTY(l2)
        || (Object.keys(others).length ? "the keys l1, l2" : "");
      if (wrong) return wrong;
    }
    return "";
  }

  const FIELDS = {
    variant: () => "",
    data: (value) => oneOf("report", ...Circles.datasets.DRAWN, "painted", "csv")(value),
    noise: SHARE, samples: whole(10, MOST_POINTS), draw: whole(0, 2 ** 32 - 2),
    points: (value) => (/^([\w-]{4})*$/.test(value) && value.length <= 4 * MOST_POINTS ? "" : "points as this page writes them"),
    features: (value) => (new Set(value).size === value.length && value.length && value.every((one) => Object.hasOwn(FEATURES, one))
      ? "" : `different ones of ${Object.keys(FEATURES).join(", ")}`),
    feature_scale: oneOf("none", "standard"),
    layers: checkLayers,
    loss: optionOf(LOSSES), optimizer: optionOf(OPTIMIZERS), initializer: optionOf(INITIALIZERS),
    learning_rate: (value) => {
      if (Object.hasOwn(SCHEDULES, value)) return `${value}(…), with the keys ${Object.keys(KEYS[value]).join(", ")}`;
      return typeof value === "object" ? optionOf(SCHEDULES, "schedule")(value) : RATE(value);
    },
    batch_size: whole(1, 10000), epochs: whole(1, 1e5),
    validation_split: (value) => (value === 0 ? "" : number(0.01, 0.8)(value)),
    early_stopping: (value) => {
      if (!value) return "";
      return value.patience ? checkKeys(value, KEYS.stop) : "on(patience=…), with a whole number of epochs";
    },
    seed: whole(0, 2 ** 32 - 1), epoch: whole(0, 1e5),
  };

  const countWeights = ({ layers, features }) =>
    layers.reduce(([inputs, sum], { units }) => [units, sum + (inputs + 1) * units], [features.length, 0])[1];

  // What does not go together, in words; nothing if all is well.
  function conflictOf(state) {
    const { layers, loss, optimizer, learning_rate: rate, early_stopping: stop } = state;
    const last = layers.at(-1);
    const sparse = (loss.name ?? loss) === "sparse_categorical_crossentropy";
    if (layers.slice(0, -1).some(({ activation }) => activation === "softmax")) return "Softmax is for the output layer.";
    if (sparse !== (last.activation === "softmax")) return "Softmax on the output and the loss sparse_categorical_crossentropy go together.";
    if (sparse && last.units !== 2) return "Softmax needs two units in the output layer, one for each label.";
    if (optimizer.nesterov && !optimizer.momentum) return "Nesterov's step needs a momentum above 0.";
    if (rate.schedule && ["exponential", "cosine"].includes(rate.schedule) && !(rate.initial && rate.decay_steps)) return "A schedule needs initial and decay_steps.";
    if (rate.schedule === "exponential" && !rate.decay_rate) return "An exponential schedule needs a decay_rate.";
    if (stop && (stop.start_from_epoch ?? 0) >= state.epochs) return "Early stopping would begin after the last epoch.";
    if (stop && (stop.monitor ?? "val_loss").startsWith("val_") && !state.validation_split && (state.data !== "report" || !Circles.data.points?.validation)) {
      return "Early stopping on val_loss or val_accuracy needs a validation_split.";
    }
    const count = countWeights(state);
    return count > MOST_WEIGHTS ? `This network has ${count.toLocaleString("en")} weights; a page trains at most ${MOST_WEIGHTS.toLocaleString("en")}. circles.toml takes larger ones.` : "";
  }

  // What is wrong with a state, in words.
  function problemOf(state) {
    for (const [key, check] of Object.entries(FIELDS)) {
      const allowed = check(state[key]);
      if (allowed) return `${key.replace("_", " ")}: ${text(state[key], key)} is not possible here. Allowed: ${allowed}.`;
    }
    return conflictOf(state);
  }

  // Values as text: options with keys in parentheses, layers as 8relu(l2=0.01).
  const keysText = (keys) => (Object.keys(keys).length ? `(${Object.entries(keys).map(([key, value]) => `${key}=${value}`).join(",")})` : "");

  function text(value, key) {
    if (key === "layers") {
      return value.map(({ units, activation, ...keys }) => `${units}${activation}${keysText(keys)}`).join(",");
    }
    if (Array.isArray(value)) return value.join(",");
    if (value && typeof value === "object") {
      const { name, schedule, ...keys } = value;
      return `${name ?? schedule ?? "on"}${keysText(keys)}`;
    }
    return String(value);
  }

  function plain(word) {
    if (/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word)) return Number(word);
    return word === "true" ? true : word === "false" ? false : word;
  }

  function readOption(word, tag) {
    const [, name, , keys] = word.match(/^([\w.+-]*)(\((.*)\))?$/) ?? [null, word];
    if (keys === undefined) return plain(name);
    const found = Object.fromEntries(keys.split(",").map((one) => one.split("=")).map(([key, value = ""]) => [key, plain(value)]));
    return tag ? { [tag]: name, ...found } : found;
  }

  function readLayer(word) {
    const [, units, activation, , keys] = word.match(/^(\d*)(\w*)(\((.*)\))?$/) ?? [];
    return { units: Number(units), activation: activation || "linear", ...(keys ? readOption(`x(${keys})`) : {}) };
  }

  const listed = (word) => word.match(/[^,()]+(\([^)]*\))?/g) ?? [];

  function readValue(key, word) {
    if (key === "layers") return listed(word).map(readLayer);
    if (key === "features") return listed(word);
    if (["points", "variant"].includes(key)) return word;
    if (key === "learning_rate") return readOption(word, "schedule");
    if (["loss", "optimizer", "initializer"].includes(key)) return readOption(word, "name");
    return readOption(word);
  }

  // The state that an address says, or what is wrong with it; nothing if it is an address of something else.
  function read(hash) {
    if (!hash.startsWith(MARK)) return null;
    const state = structuredClone(DEFAULTS);
    try {
      for (const field of decodeURIComponent(hash.slice(MARK.length)).split(";").filter(Boolean)) {
        const [, key, word] = field.match(/^(\w+):(.*)$/s) ?? [null, field, ""];
        if (!Object.hasOwn(FIELDS, key)) return { problem: `“${field.slice(0, 40)}” is not known.` };
        state[key] = readValue(key, word);
      }
    } catch {
      return { problem: "It cannot be read." };
    }
    const problem = problemOf(state);
    return problem ? { problem } : { state };
  }

  function write(state) {
    if (state.variant) return `${MARK}variant:${state.variant}`;
    const own = { noise: "drawn", samples: "drawn", draw: "drawn", points: "painted" };
    const fields = Object.keys(FIELDS).filter((key) => {
      if (own[key] === "drawn" && key !== "draw" && !Circles.datasets.DRAWN.includes(state.data)) return false;
      if (own[key] === "painted" && state.data !== "painted") return false;
      if (key === "draw" && state.data === "report") return false;
      return text(state[key], key) !== text(DEFAULTS[key], key);
    });
    return MARK + (fields.map((key) => `${key}:${text(state[key], key)}`).join(";") || `seed:${state.seed}`);
  }

  // A state with the settings of a variant of the report, ready to be trained.
  const ofVariant = ({ settings, seed }) => ({
    ...structuredClone(DEFAULTS), ...structuredClone(settings), seed,
    layers: settings.layers.map(({ units, activation = "linear", ...keys }) => ({ units, activation, ...keys })),
  });

  Circles.state = { DEFAULTS, MOST_UNITS, MOST_LAYERS, MOST_POINTS, problemOf, conflictOf, countWeights, read, write, ofVariant };
})();

// A state to take home: as a program for Keras, as a variant for circles.toml, and its weights and points.
"use strict";

(() => {
  const INDENT = "    ";
  const WIDTH = 100; // of a line of the program
  const WHOLE = ["decay_steps", "patience", "start_from_epoch"];
  const CLASSES = {
    adam: "Adam", adamw: "AdamW", sgd: "SGD", rmsprop: "RMSprop", exponential: "schedules.ExponentialDecay", cosine: "schedules.CosineDecay",
    binary_crossentropy: "BinaryCrossentropy", sparse_categorical_crossentropy: "SparseCategoricalCrossentropy",
    mean_squared_error: "MeanSquaredError", hinge: "Hinge",
    glorot_uniform: "GlorotUniform", glorot_normal: "GlorotNormal", he_uniform: "HeUniform", he_normal: "HeNormal",
  };
  const CODE = { "x1^2": "x1**2", "x2^2": "x2**2", "x1*x2": "x1 * x2", "sin(x1)": "np.sin(x1)", "sin(x2)": "np.sin(x2)", "r^2": "x1**2 + x2**2" };

  // Values as Python writes them.
  function literal(value, key) {
    if (typeof value === "string") return `"${value}"`;
    if (typeof value === "boolean") return value ? "True" : "False";
    if (Number.isInteger(value) && !WHOLE.includes(key)) return value.toFixed(1);
    if (Math.abs(value) >= 1e-4 || !value) return String(value);
    const [digits, power] = value.toExponential().split("e-");
    return `${digits}e-${power.padStart(2, "0")}`;
  }

  // A call of something in keras, in one line or, where that is too long, in several.
  const call = (path, given) => ({ path, given: Object.entries(given) });
  const spelt = ([key, value]) => `${key === "" ? "" : `${key}=`}${value.path ? inline(value) : key === "" ? value : literal(value, key)}`;
  const inline = ({ path, given }) => `keras.${path}(${given.map(spelt).join(", ")})`;

  function printed(one, lead = "", indent = 0) {
    const before = " ".repeat(indent);
    const line = `${before}${lead}${inline(one)},`;
    if (line.length <= WIDTH) return line;
    const inner = one.given.map(([key, value]) => (value.path ? printed(value, key ? `${key}=` : "", indent + 4) : `${before}${INDENT}${spelt([key, value])},`));
    return [`${before}${lead}keras.${one.path}(`, ...inner, `${before}),`].join("\n");
  }

  function optionCall(module, option, more = {}) {
    const { name, schedule, ...keys } = typeof option === "object" ? option : { name: option };
    if (keys.initial) {
      const { initial, ...others } = keys;
      return call(`${module}.${CLASSES[schedule]}`, { initial_learning_rate: initial, ...others });
    }
    return call(`${module}.${CLASSES[name]}`, { ...more, ...keys });
  }

  function initializerCall(option) {
    if (!option.scale || option.scale === 1) return optionCall("initializers", option.name ?? option);
    const [own, kind] = option.name.split("_");
    return call("initializers.VarianceScaling", { scale: (own === "he" ? 2 : 1) * option.scale,
      mode: own === "he" ? "fan_in" : "fan_avg", distribution: kind === "normal" ? "truncated_normal" : "uniform" });
  }

  function denseCall({ units, activation, l1, l2 }, initializer) {
    const given = { "": units };
    if (activation !== "linear") given.activation = activation;
    if ((initializer.name ?? initializer) !== "glorot_uniform" || (initializer.scale ?? 1) !== 1) given.kernel_initializer = initializerCall(initializer);
    const penalties = { ...(l1 && { l1 }), ...(l2 && { l2 }) };
    const name = l1 && l2 ? "L1L2" : l1 ? "L1" : "L2";
    if (l1 || l2) given.kernel_regularizer = call(`regularizers.${name}`, penalties);
    return call("layers.Dense", given);
  }

  // Points that are not the report's come from the file that stands beside the program.
  const OWN = {
    imports: ["import pandas as pd"],
    data: `table = pd.read_csv("points.csv")
training, held_out = (table[table["sample"] == name] for name in ("training", "held_out"))
X, y = training[["x1", "x2"]].to_numpy(), training["label"].to_numpy()
held_out_X, held_out_y = held_out[["x1", "x2"]].to_numpy(), held_out["label"].to_numpy()
`,
  };

  function repeated(columns) {
    return `# The model has ${columns} output columns for one label, and Keras 3 refuses that. Keras 2 compared
# the label with every column, and took as "accuracy" how often the number of the largest column
# is the label. Both are written out here.
def repeat(labels):
    return np.repeat(labels[:, np.newaxis], ${columns}, axis=1)


def accuracy(labels, outputs):
    return keras.metrics.sparse_categorical_accuracy(labels[:, :1], outputs)


`;
  }

  function featureParts({ features, feature_scale: scale }, isWatched) {
    const samples = ["X", "held_out_X", ...(isWatched ? ["validation_X"] : [])];
    const all = (wrap) => `${samples.join(", ")} = ${samples.map(wrap).join(", ")}\n`;
    const parts = [];
    if (features.join() !== "x1,x2") {
      const columns = features.map((name) => CODE[name] ?? name).join(", ");
      parts.push(`\ndef features(X):\n    x1, x2 = X.T\n    return np.column_stack([${columns}])\n\n\n${all((one) => `features(${one})`)}`);
    }
    if (scale === "standard") {
      parts.push(`scaler = StandardScaler().fit(X)  # the mean and the standard deviation of each feature\n${all((one) => `scaler.transform(${one})`)}`);
    }
    return parts;
  }

  function fitting(state, labels, isWatched) {
    const { early_stopping: stop, validation_split: share } = state;
    const said = ["X", labels("y"), `epochs=${state.epochs}`, `batch_size=${state.batch_size}`];
    const more = [];
    if (share) more.push(`    validation_split=${share},\n`);
    else if (isWatched) more.push(`    validation_data=(validation_X, ${labels("validation_y")}),\n`);
    if (stop) {
      const { monitor = "val_loss", ...keys } = stop;
      const given = { monitor, ...(monitor.endsWith("accuracy") && { mode: "max" }), ...keys };
      more.push(`    callbacks=[\n${printed(call("callbacks.EarlyStopping", given), "", 8)}\n    ],\n`);
    }
    const fit = more.length ? `model.fit(\n${said.map((one) => `    ${one},\n`).join("")}${more.join("")})` : `model.fit(${said.join(", ")})`;
    return `history = ${fit}\nmodel.evaluate(X, ${labels("y")})\nmodel.evaluate(held_out_X, ${labels("held_out_y")})\n`;
  }

  // The program that gets the points, trains the network and evaluates it, as the report prints its own.
  function program(state, ofReport) {
    const { layers, loss, optimizer, learning_rate: rate, features, feature_scale: scale, early_stopping: stop } = state;
    const columns = layers.at(-1).units;
    const repeats = columns > 1 && layers.at(-1).activation !== "softmax";
    const isWatched = Boolean(stop && (stop.monitor ?? "val_loss").startsWith("val_") && !state.validation_split);
    const { imports, data, watched } = state.data === "report" ? ofReport : OWN;
    const lines = new Set(["import keras", ...imports, ...(repeats || features.join() !== "x1,x2" ? ["import numpy as np"] : []),
      ...(scale === "standard" ? ["from sklearn.preprocessing import StandardScaler"] : [])]);
    const sorted = [...lines].sort((one, other) => one.startsWith("from") - other.startsWith("from") || (one < other ? -1 : 1));
    const dense = layers.map((layer) => printed(denseCall(layer, state.initializer), "", 4));
    const learning = typeof rate === "number" ? rate : optionCall("optimizers", rate);
    const labels = (name) => (repeats ? `repeat(${name})` : name);
    const compile = ["model.compile(", printed(optionCall("optimizers", optimizer, { learning_rate: learning }), "optimizer=", 4),
      printed(optionCall("losses", loss), "loss=", 4), `    metrics=[${repeats ? "accuracy" : '"accuracy"'}],`, ")", ""].join("\n");
    return [
      [...sorted, ""].join("\n"), isWatched ? watched : data, ...featureParts(state, isWatched),
      ["model = keras.Sequential([", `    keras.Input((${features.length},)),`, ...dense, "])", ""].join("\n"),
      (repeats ? repeated(columns) : "") + compile + "\n" + fitting(state, labels, isWatched),
    ].join("\n");
  }

  // Values as TOML writes them.
  function toml(value) {
    if (typeof value === "string") return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`;
    if (typeof value === "object") return `{ ${Object.entries(value).map(([key, one]) => `${key} = ${toml(one)}`).join(", ")} }`;
    return String(value);
  }

  // The variant for circles.toml. Its name says nothing, but is another for every network.
  function variant(state) {
    const { DEFAULTS, write } = Circles.state;
    let mark = 7;
    for (const letter of write({ ...state, variant: "", epoch: 0 })) mark = (Math.imul(mark, 31) + letter.charCodeAt(0)) >>> 0;
    const shape = state.layers.map(({ units, activation }) => `${units} ${activation}`).join(", ");
    const table = { name: `live-${mark.toString(36)}`, title: `Live figure: ${shape}`.slice(0, 110), layers: state.layers };
    const keys = ["features", "feature_scale", "loss", "optimizer", "learning_rate", "initializer", "epochs", "batch_size", "validation_split", "early_stopping"];
    for (const key of keys) {
      const isNeeded = ["loss", "optimizer", "learning_rate", "epochs", "batch_size"].includes(key);
      if (isNeeded || JSON.stringify(state[key]) !== JSON.stringify(DEFAULTS[key])) table[key] = state[key];
    }
    const lines = Object.entries(table).map(([key, value]) => `${key} = ${toml(value)}`);
    return `[[variant]]\n${lines.join("\n")}\n`;
  }

  // The weights of an epoch, layer by layer, as Keras has them.
  function weights(state, network, epoch, scaler) {
    const all = network.unpacked();
    const layers = state.layers.map((layer, i) => ({ ...layer, kernel: all[2 * i], bias: all[2 * i + 1] }));
    return `${JSON.stringify({ epoch, seed: state.seed, features: state.features, scaler, layers }, null, 1)}\n`;
  }

  function table({ points, held_out: heldOut }) {
    const rows = (sample, name) => sample.x.map((x, i) => `${x},${sample.y[i]},${sample.label[i]},${name}\n`).join("");
    return `x1,x2,label,sample\n${rows(points, "training")}${rows(heldOut, "held_out")}`;
  }

  function curves(frames) {
    const rows = frames.map(({ epoch, training, heldOut }) =>
      [epoch, training.loss, training.accuracy, heldOut?.loss ?? "", heldOut?.accuracy ?? ""].join(","));
    return `epoch,loss,accuracy,held_out_loss,held_out_accuracy\n${rows.join("\n")}\n`;
  }

  // Give the reader a file.
  function save(name, text, type = "text/plain") {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = Circles.page.make("a", { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  Circles.exports = { program, variant, weights, table, curves, save };
})();

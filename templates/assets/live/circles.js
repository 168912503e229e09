// Dense networks, computed and trained as Keras does it. No dependency, no build step; a page loads it
// after random.js and options.js, from disk or from a site:
//
//   const network = Circles.network({ layers: [{ units: 4, activation: "relu" },
//     { units: 1, activation: "sigmoid" }], seed: 42 });          // or weights: [kernel, bias, …]
//   network.predict([[0.1, 0.2]]);                                 // Float64Array, a row a point
//   network.train({ points, labels, epochs: 100, learning_rate: 0.01 }); // the history
//   const run = network.run({ points, labels, optimizer: "sgd" });  // the same, epoch by epoch
//   run.epoch();                                                   // { loss, accuracy }
//
// Names, keys and defaults are those of the experiment file. Arrays hold a unit's values of a batch side by
// side, so that the inner loops run over points.
"use strict";

(() => {
  const Circles = (globalThis.Circles ??= { figures: {}, data: {} });

  const { ACTIVATIONS, FEATURES, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES } = Circles.options;
  const TINY = 2 ** -126; // of single precision: below it TensorFlow has 0

  // What a name, or a table with one, stands for.
  function option(kind, options, given, tag = "name") {
    const table = typeof given === "string" ? { [tag]: given } : given;
    const found = Object.hasOwn(options, table[tag]) ? options[table[tag]] : null;
    if (!found) {
      throw new Error(`${kind}: not known. Allowed: ${Object.keys(options).join(", ")}. Received: ${table[tag]}`);
    }
    return found(table);
  }

  // What one pass over at most `size` points needs: of every layer sums, values and gradients.
  class Batch {
    constructor(network, size) {
      this.size = size;
      this.inputs = new Float64Array(network.inputs * size);
      this.layers = network.shapes.map(({ units }) => {
        const [z, a, d] = [0, 1, 2].map(() => new Float64Array(units * size));
        return { z, a, d };
      });
      this.labels = new Float64Array(network.shapes.at(-1).units * size);
    }
  }

  class Network {
    constructor({ layers, weights, seed = 0, features = ["x1", "x2"], scaler = null, initializer = "glorot_uniform" }) {
      this.layers = layers.map((layer) => ({ activation: "linear", l1: 0, l2: 0, ...layer }));
      this.hasPenalty = this.layers.some(({ l1, l2 }) => l1 || l2);
      this.features = features.map((name) => option("features", FEATURES, name));
      this.scaler = scaler; // { mean, scale } of the features
      this.inputs = features.length;
      this.shapes = [];
      let at = 0;
      let inputs = this.inputs;
      for (const { units, activation } of this.layers) {
        const functions = option("activation", ACTIVATIONS, activation);
        this.shapes.push({ inputs, units, activation, kernel: at, bias: at + inputs * units, functions });
        at += (inputs + 1) * units;
        inputs = units;
      }
      this.weights = weights ? Float64Array.from(weights.flat(Infinity)) : this.draw(seed, initializer, at);
      if (this.weights.length !== at) {
        throw new Error(`weights: ${at} are needed. Received: ${this.weights.length}`);
      }
    }

    draw(seed, initializer, count) {
      const generator = Circles.generator(seed, 0);
      const one = option("initializer", INITIALIZERS, initializer);
      const weights = new Float64Array(count);
      for (const { inputs, units, kernel } of this.shapes) {
        for (let i = 0; i < inputs * units; i++) weights[kernel + i] = Math.fround(one(generator, inputs, units));
      }
      return weights;
    }

    get columns() {
      return this.shapes.at(-1).units;
    }

    // The weights in Keras's order, each as nested lists.
    unpacked() {
      return this.shapes.flatMap(({ inputs, units, kernel, bias }) => {
        const row = (start) => Array.from(this.weights.subarray(start, start + units));
        return [Array.from({ length: inputs }, (_, i) => row(kernel + i * units)), row(bias)];
      });
    }

    // What the network is given of points: of every feature its values side by side.
    see(points) {
      const seen = this.features.map((feature) => Float64Array.from(points, ([x, y]) => feature(x, y)));
      if (this.scaler) {
        seen.forEach((column, i) => {
          for (let b = 0; b < column.length; b++) column[b] = (column[b] - this.scaler.mean[i]) / this.scaler.scale[i];
        });
      }
      return seen;
    }

    // The outputs of points, row by row.
    predict(points) {
      const columns = this.columns;
      const outputs = new Float64Array(points.length * columns);
      const batch = new Batch(this, Math.min(1024, points.length || 1));
      const seen = this.see(points);
      for (let start = 0; start < points.length; start += batch.size) {
        const count = Math.min(batch.size, points.length - start);
        seen.forEach((column, i) => batch.inputs.set(column.subarray(start, start + count), i * batch.size));
        const { a } = this.forward(batch, count);
        for (let c = 0; c < columns; c++) {
          for (let b = 0; b < count; b++) outputs[(start + b) * columns + c] = a[c * batch.size + b];
        }
      }
      return outputs;
    }

    forward(batch, count) {
      const { size } = batch;
      const w = this.weights;
      let below = batch.inputs;
      for (let l = 0; l < this.shapes.length; l++) {
        const { inputs, units, kernel, bias, activation, functions } = this.shapes[l];
        const { z, a } = batch.layers[l];
        for (let u = 0; u < units; u++) {
          const row = u * size;
          const begin = w[bias + u];
          let i = inputs % 2; // two inputs at a time
          const odd = i ? w[kernel + u] : 0;
          if (i || !inputs) for (let b = 0; b < count; b++) z[row + b] = begin + odd * below[b];
          for (; i < inputs; i += 2) {
            const one = w[kernel + i * units + u];
            const two = w[kernel + (i + 1) * units + u];
            const from = i * size;
            const next = from + size;
            if (i) for (let b = 0; b < count; b++) z[row + b] += one * below[from + b] + two * below[next + b];
            else for (let b = 0; b < count; b++) z[row + b] = begin + one * below[b] + two * below[next + b];
          }
          activate(activation, functions[0], z, a, row, row + count);
        }
        if (activation === "softmax") softmax(z, a, units, size, count);
        below = a;
      }
      return batch.layers.at(-1);
    }

    // From the gradients of the last layer's sums to those of all weights.
    backward(batch, count, gradient) {
      const { size } = batch;
      const w = this.weights;
      for (let l = this.shapes.length - 1; l >= 0; l--) {
        const { inputs, units, kernel, bias } = this.shapes[l];
        const { d } = batch.layers[l];
        const below = l ? batch.layers[l - 1] : null;
        const values = below ? below.a : batch.inputs;
        for (let u = 0; u < units; u++) {
          const row = u * size;
          let sum = 0; // with the first of the products, or pairs of them
          let i = inputs % 2;
          if (i) {
            let product = 0;
            for (let b = 0; b < count; b++) {
              sum += d[row + b];
              product += d[row + b] * values[b];
            }
            gradient[kernel + u] = product;
          }
          for (; i < inputs; i += 2) {
            const from = i * size;
            const next = from + size;
            let one = 0;
            let two = 0;
            if (!i) {
              for (let b = 0; b < count; b++) sum += d[row + b];
            }
            for (let b = 0; b < count; b++) {
              const slope = d[row + b];
              one += slope * values[from + b];
              two += slope * values[next + b];
            }
            gradient[kernel + i * units + u] = one;
            gradient[kernel + (i + 1) * units + u] = two;
          }
          gradient[bias + u] = sum;
        }
        if (!below) break;
        const lower = this.shapes[l - 1];
        for (let i = 0; i < inputs; i++) {
          const row = i * size;
          const back = below.d;
          const first = w[kernel + i * units];
          if (units === 1 && lower.activation === "relu") {
            for (let b = 0; b < count; b++) back[row + b] = below.z[row + b] > 0 ? first * d[b] : 0;
            continue;
          }
          for (let b = 0; b < count; b++) back[row + b] = first * d[b];
          for (let u = 1; u < units; u++) {
            const weight = w[kernel + i * units + u];
            const from = u * size;
            for (let b = 0; b < count; b++) back[row + b] += weight * d[from + b];
          }
          slopes(lower.activation, lower.functions[1], below, row, row + count);
        }
      }
    }

    // What the kernels add to the loss; their gradients go to `gradient`, if it is given.
    penalty(gradient = null) {
      let total = 0;
      this.shapes.forEach(({ kernel, bias }, l) => {
        const { l1, l2 } = this.layers[l];
        for (let i = kernel; (l1 || l2) && i < bias; i++) {
          const weight = this.weights[i];
          total += l1 * Math.abs(weight) + l2 * weight * weight;
          if (gradient) gradient[i] += l1 * Math.sign(weight) + 2 * l2 * weight;
        }
      });
      return total;
    }

    run(options) {
      return new Run(this, options);
    }

    // All epochs at once: the loss and the accuracy of each.
    train(options) {
      const run = this.run(options);
      const history = [];
      while (!run.ended) history.push(run.epoch());
      run.finish();
      return history;
    }

    // Loss and accuracy over points.
    evaluate(options) {
      return this.sample(options).score();
    }

    // Points to look at again and again while the weights change.
    sample({ points, labels = points.map(() => 0), loss = "binary_crossentropy" }) {
      const of = option("loss", LOSSES, loss);
      const network = this;
      const sample = new Sample(network, points, labels);
      const whole = new Batch(network, sample.count);
      const gradient = new Float64Array(network.weights.length);
      const order = Uint32Array.from(points, (_, i) => i);
      return {
        score: () => sample.score(network, of),
        // The values of every layer, a unit's of all points side by side.
        layers() {
          sample.take(whole, order, 0, sample.count);
          network.forward(whole, sample.count);
          return whole.layers.map(({ a }) => a);
        },
        // The gradient of the loss in all weights.
        gradient() {
          this.layers();
          losses(network, of, whole, sample.count, sample.labels.length);
          network.backward(whole, sample.count, gradient);
          return gradient;
        },
        // How many points have no gradient: their loss is flat in every column, in single precision.
        flat() {
          this.layers();
          return order.filter((b) => isFlat(network, of, whole, b, sample.labels.length)).length;
        },
      };
    }
  }

  // The outputs of a point in single precision, as TensorFlow computes them: 0 and 1 come sooner than in double.
  const one = Math.fround;
  const power = (z) => { const found = one(Math.exp(one(z))); return found < TINY ? 0 : found; };
  const SINGLE = {
    sigmoid: (sums) => sums.map((z) => { const tail = power(-Math.abs(z)); return one((z >= 0 ? 1 : tail) / one(1 + tail)); }),
    softmax(sums) {
      const powers = sums.map((z) => power(one(z) - one(Math.max(...sums))));
      return powers.map((found) => one(found / powers.reduce((sum, other) => one(sum + other), 0)));
    },
  };

  // Whether the loss of a point is flat, by the rules of the report (scripts/circles/analysis/gradients.py).
  function isFlat(network, loss, { layers, labels, size }, b, labelColumns) {
    const { units, activation, functions } = network.shapes.at(-1);
    const of = (values) => Array.from({ length: units }, (_, u) => values[u * size + b]);
    const sums = of(layers.at(-1).z);
    const outputs = of(layers.at(-1).a);
    const values = SINGLE[activation]?.(sums) ?? outputs.map(one);
    const isLog = loss.smooth !== undefined; // cross-entropy
    return values.every((value, u) => {
      const y = labels[labelColumns > 1 ? u * size + b : b];
      if (loss.softmax) return value === (y === u ? 1 : 0);
      if (isLog && activation === "sigmoid") return value === one(y * (1 - loss.smooth) + loss.smooth / 2);
      return one(loss.slope(value, y) * (isLog ? 1 : one(functions[1](sums[u], activation === "sigmoid" ? value : outputs[u])))) === 0;
    });
  }

  function activate(name, value, z, a, from, to) {
    if (name === "relu") { // the common ones without a call for every point
      for (let i = from; i < to; i++) a[i] = z[i] > 0 ? z[i] : 0;
    } else if (name === "sigmoid") {
      for (let i = from; i < to; i++) {
        const tail = Math.exp(-Math.abs(z[i]));
        a[i] = (z[i] >= 0 ? 1 : tail) / (1 + tail);
      }
    } else if (value) {
      for (let i = from; i < to; i++) a[i] = value(z[i]);
    }
  }

  function slopes(activation, slope, { z, a, d }, from, to) {
    if (activation === "relu") {
      for (let i = from; i < to; i++) d[i] = z[i] > 0 ? d[i] : 0;
    } else {
      for (let i = from; i < to; i++) d[i] *= slope(z[i], a[i]);
    }
  }

  function softmax(z, a, units, size, count) {
    for (let b = 0; b < count; b++) {
      let most = -Infinity;
      let total = 0;
      for (let i = b; i < units * size; i += size) most = Math.max(most, z[i]);
      for (let i = b; i < units * size; i += size) total += a[i] = Math.exp(z[i] - most);
      for (let i = b; i < units * size; i += size) a[i] /= total;
    }
  }

  // The sum of the losses of a batch; the mean's gradients by the last sums go to the layer's d.
  function losses(network, loss, batch, count, labelColumns) {
    const { size, labels } = batch;
    const last = batch.layers.at(-1);
    const { z, a, d } = last;
    const shape = network.shapes.at(-1);
    const { units, activation, functions } = shape;
    let total = 0;
    if (loss.softmax) {
      for (let u = 0; u < units; u++) {
        for (let b = 0; b < count; b++) {
          const own = labels[b] === u ? 1 : 0;
          d[u * size + b] = (a[u * size + b] - own) / count;
          if (own) total -= Math.log(Math.max(a[u * size + b], 1e-300));
        }
      }
      return total;
    }
    const share = 1 / (count * units);
    const smooth = loss.smooth ?? 0;
    const fromSums = activation === "sigmoid" && loss.smooth !== undefined; // cross-entropy
    for (let u = 0; u < units; u++) {
      const row = u * size;
      const of = labelColumns > 1 ? row : 0;
      let likelier = 1; // the product of the likelier answers, for one logarithm of many points
      for (let b = 0; b < count; b++) {
        const y = smooth ? labels[of + b] * (1 - smooth) + smooth / 2 : labels[of + b];
        const i = row + b;
        if (fromSums) { // ln(1 + e^−|z|) is −ln of the likelier of both answers, which is ½ at least
          total += (z[i] > 0 ? z[i] : 0) - z[i] * y;
          likelier *= a[i] > 0.5 ? a[i] : 1 - a[i];
          if (b % 512 === 511) {
            total -= Math.log(likelier);
            likelier = 1;
          }
          d[i] = (a[i] - y) * share;
        } else {
          total += loss.value(a[i], y);
          d[i] = loss.slope(a[i], y) * share * functions[1](z[i], a[i]);
        }
      }
      total -= Math.log(likelier);
    }
    return total / units;
  }

  // The right answers of a batch; a point with several labels counts by their share.
  function rightAnswers(network, batch, count, labelColumns) {
    const { size, labels } = batch;
    const { z, a } = batch.layers.at(-1);
    const units = network.columns;
    let right = 0;
    if (units === labelColumns) {
      for (let u = 0; u < units; u++) {
        for (let b = 0; b < count; b++) right += (a[u * size + b] > 0.5 ? 1 : 0) === labels[u * size + b] ? 1 : 0;
      }
      return right / units;
    }
    const values = network.shapes.at(-1).activation === "softmax" ? z : a;
    for (let b = 0; b < count; b++) {
      let best = 0;
      for (let u = 1; u < units; u++) if (values[u * size + b] > values[best * size + b]) best = u;
      right += best === labels[b] ? 1 : 0;
    }
    return right;
  }

  function gather(columns, to, size, order, start, count) {
    for (let i = 0; i < columns.length; i++) {
      const from = columns[i];
      const row = i * size;
      for (let b = 0; b < count; b++) to[row + b] = from[order[start + b]];
    }
  }

  // Points as a network sees them, with their labels: a number each, or a list of one for every column.
  class Sample {
    constructor(network, points, labels) {
      this.seen = network.see(points);
      this.count = points.length;
      const columns = Array.isArray(labels[0]) ? labels[0].length : 1;
      this.labels = Array.from({ length: columns }, (_, c) =>
        Float64Array.from(labels, (label) => (columns > 1 || Array.isArray(label) ? label[c] : label)));
    }

    // Put the points at order[start …] into a batch.
    take(batch, order, start, count) {
      gather(this.seen, batch.inputs, batch.size, order, start, count);
      gather(this.labels, batch.labels, batch.size, order, start, count);
    }

    score(network, loss) {
      const batch = new Batch(network, Math.min(1024, this.count));
      const order = this.order ??= Uint32Array.from({ length: this.count }, (_, i) => i);
      let [total, right] = [0, 0];
      for (let start = 0; start < this.count; start += batch.size) {
        const count = Math.min(batch.size, this.count - start);
        this.take(batch, order, start, count);
        network.forward(batch, count);
        total += losses(network, loss, batch, count, this.labels.length);
        right += rightAnswers(network, batch, count, this.labels.length);
      }
      return { loss: total / this.count + network.penalty(), accuracy: right / this.count };
    }
  }

  // A network in training. What is held out by `validation` is watched and never trained on.
  class Run {
    constructor(network, options) {
      const { points, labels, validation = null, epochs = Infinity, batch_size = 32, seed = 0 } = options;
      this.network = network;
      this.sample = new Sample(network, points, labels);
      this.watched = validation && new Sample(network, validation.points, validation.labels);
      this.loss = option("loss", LOSSES, options.loss ?? "binary_crossentropy");
      const rate = options.learning_rate ?? 0.001;
      const schedule = typeof rate === "number" ? { schedule: "constant", initial: rate } : rate;
      this.rate = option("learning rate", SCHEDULES, schedule, "schedule");
      this.step = option("optimizer", OPTIMIZERS, options.optimizer ?? "adam")(network.weights.length);
      this.order = options.orders ? (epoch) => options.orders[epoch] : Circles.orders(points.length, seed);
      this.epochs = epochs;
      this.passed = 0;
      this.steps = 0;
      this.batch = new Batch(network, Math.min(batch_size, points.length));
      this.gradient = new Float64Array(network.weights.length);
      this.stopping = options.early_stopping ? new Stopping(options.early_stopping) : null;
      this.ended = "";
      this.pass = null; // what an epoch has so far
    }

    // Train on every batch once; what Keras reports of it: means over batches while the weights move.
    epoch() {
      return this.slice(Infinity);
    }

    // The same, or null if the time `until` (of performance.now) comes before the epoch ends: call it again.
    slice(until) {
      const { network, sample, batch, gradient } = this;
      this.pass ??= { at: 0, loss: 0, right: 0, order: this.order(this.passed) };
      const { pass } = this;
      const columns = sample.labels.length;
      while (pass.at < sample.count) {
        const count = Math.min(batch.size, sample.count - pass.at);
        sample.take(batch, pass.order, pass.at, count);
        network.forward(batch, count);
        pass.loss += losses(network, this.loss, batch, count, columns);
        pass.right += rightAnswers(network, batch, count, columns);
        network.backward(batch, count, gradient);
        if (network.hasPenalty) pass.loss += count * network.penalty(gradient);
        const rate = this.rate(this.steps);
        this.steps += 1;
        this.step(network.weights, gradient, rate, this.steps);
        pass.at += count;
        if (until < Infinity && pass.at < sample.count && performance.now() > until) return null;
      }
      this.pass = null;
      this.passed += 1;
      const score = { loss: pass.loss / sample.count, accuracy: pass.right / sample.count };
      this.look(score);
      return score;
    }

    look(score) {
      if (!Number.isFinite(score.loss)) this.ended = "diverged";
      else if (this.stopping?.stops(this, score)) this.ended = "stopped early";
      else if (this.passed >= this.epochs) this.ended = "all epochs";
    }

    // The weights that early stopping brings back, if it was asked to.
    finish() {
      if (this.stopping?.best.weights) this.network.weights.set(this.stopping.best.weights);
    }
  }

  // keras.callbacks.EarlyStopping
  class Stopping {
    constructor(options) {
      this.options = { monitor: "val_loss", min_delta: 0, start_from_epoch: 0, ...options };
      this.best = { value: null, weights: null };
      this.wait = 0;
    }

    stops(run, score) {
      const { monitor, min_delta, patience, restore_best_weights, start_from_epoch } = this.options;
      if (run.passed - 1 < start_from_epoch) return false;
      const name = monitor.replace("val_", "");
      const value = (name === monitor ? score : run.watched.score(run.network, run.loss))[name];
      const gain = name === "loss" ? this.best.value - value : value - this.best.value;
      if (this.best.value === null || gain > min_delta) {
        this.best = { value, weights: restore_best_weights ? run.network.weights.slice() : null };
        this.wait = 0;
        return false;
      }
      this.wait += 1;
      return this.wait >= patience;
    }
  }

  // By what features are standardised: their means and standard deviations on the training points.
  Circles.scalerOf = ({ features, feature_scale: scale }, points) => {
    if (scale !== "standard") return null;
    const columns = Circles.network({ layers: [{ units: 1 }], features }).see(points);
    const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const mean = columns.map(meanOf);
    return { mean, scale: columns.map((one, i) => Math.sqrt(meanOf(one.map((value) => (value - mean[i]) ** 2))) || 1) };
  };

  Circles.network = (options) => new Network(options);
})();

// What a network may be made of, and how it may be trained: the names, keys and defaults of the experiment
// file, with the arithmetic of Keras. An entry here is all that a new one needs.
"use strict";

(() => {
  const Circles = (globalThis.Circles ??= { figures: {}, data: {} });

  const LEAK = 0.2;
  const CLIP_LOW = Math.fround(1e-7); // Keras clips to these, in single precision
  const CLIP_HIGH = Math.fround(1 - 1e-7);

  // Options without keys.
  const entries = (all) => Object.fromEntries(Object.entries(all).map(([name, one]) => [name, () => one]));

  const logistic = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
  const normalDensity = (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

  // The distribution function of the standard normal distribution, by its series, which is quick enough
  // up to the 6 deviations beyond which 0 and 1 are right to 1e-9.
  function normal(z) {
    if (Math.abs(z) > 6) return z > 0 ? 1 : 0;
    let term = z;
    let sum = z;
    for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
      term *= (z * z) / n;
      sum += term;
    }
    return 0.5 + sum * normalDensity(z);
  }

  // Each activation and its slope, by the sum z and the value a; softmax is one of a whole layer.
  const ACTIVATIONS = entries({
    softmax: [null, null],
    linear: [(z) => z, () => 1],
    sigmoid: [logistic, (z, a) => a * (1 - a)],
    tanh: [Math.tanh, (z, a) => 1 - a * a],
    relu: [(z) => (z > 0 ? z : 0), (z) => (z > 0 ? 1 : 0)],
    leaky_relu: [(z) => (z > 0 ? z : LEAK * z), (z) => (z > 0 ? 1 : LEAK)],
    elu: [(z) => (z > 0 ? z : Math.expm1(z)), (z) => (z > 0 ? 1 : Math.exp(z))],
    gelu: [(z) => z * normal(z), (z) => normal(z) + z * normalDensity(z)],
    silu: [(z) => z * logistic(z), (z) => logistic(z) * (1 + z * logistic(-z))],
    softplus: [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), logistic],
  });

  // Each feature, of the coordinates x and y.
  const FEATURES = entries({
    "x1": (x, y) => x,
    "x2": (x, y) => y,
    "x1^2": (x) => x * x,
    "x2^2": (x, y) => y * y,
    "x1*x2": (x, y) => x * y,
    "sin(x1)": (x) => Math.sin(x),
    "sin(x2)": (x, y) => Math.sin(y),
    "r^2": (x, y) => x * x + y * y,
  });

  const INITIALIZERS = Object.fromEntries(
    [["glorot", 1, (i, u) => (i + u) / 2], ["he", 2, (i) => i]].flatMap(([name, scale, fan]) => [
      [`${name}_uniform`, (table) => (generator, inputs, units) => {
        const limit = Math.sqrt((3 * scale * (table.scale ?? 1)) / fan(inputs, units));
        return generator.uniform(-limit, limit);
      }],
      [`${name}_normal`, (table) => (generator, inputs, units) => {
        const spread = Math.sqrt((scale * (table.scale ?? 1)) / fan(inputs, units)) / 0.87962566103423978;
        return spread * normalQuantile(generator.uniform(normal(-2), normal(2)));
      }],
    ]),
  );

  function normalQuantile(share) { // by Newton's steps: within two deviations they are quick
    let z = 0;
    for (let i = 0; i < 40; i++) {
      const step = (normal(z) - share) / normalDensity(z);
      z -= Math.max(-0.5, Math.min(0.5, step));
      if (Math.abs(step) < 1e-15) break;
    }
    return z;
  }

  const SCHEDULES = {
    constant: ({ initial }) => () => initial,
    exponential: ({ initial, decay_steps, decay_rate, staircase }) => (step) => {
      const times = step / decay_steps;
      return initial * decay_rate ** (staircase ? Math.floor(times) : times);
    },
    cosine: ({ initial, decay_steps, alpha = 0 }) => (step) => {
      const left = 0.5 * (1 + Math.cos((Math.PI * Math.min(step, decay_steps)) / decay_steps));
      return initial * ((1 - alpha) * left + alpha);
    },
  };

  // Each makes, of how many weights there are, a function that takes a step: (weights, gradient, rate, number).
  const OPTIMIZERS = {
    adam: (table) => (count) => adam(table, 0, count),
    adamw: (table) => (count) => adam(table, table.weight_decay ?? 0.004, count),
    sgd: ({ momentum = 0, nesterov = false }) => (count) => {
      const velocity = new Float64Array(count);
      return (w, g, rate) => {
        for (let i = 0; i < count; i++) {
          const step = rate * g[i];
          velocity[i] = momentum * velocity[i] - step;
          w[i] += nesterov ? momentum * velocity[i] - step : velocity[i];
        }
      };
    },
    rmsprop: ({ rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false }) => (count) => {
      const [square, mean, before] = [0, 1, 2].map(() => new Float64Array(count));
      return (w, g, rate) => {
        for (let i = 0; i < count; i++) {
          square[i] = rho * square[i] + (1 - rho) * g[i] * g[i];
          mean[i] = centered ? rho * mean[i] + (1 - rho) * g[i] : 0;
          before[i] = momentum * before[i] + (rate * g[i]) / Math.sqrt(square[i] - mean[i] * mean[i] + epsilon);
          w[i] -= before[i];
        }
      };
    },
  };

  function adam({ beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7 }, decay, count) {
    const mean = new Float64Array(count);
    const square = new Float64Array(count);
    return (w, g, rate, number) => {
      const size = (rate * Math.sqrt(1 - beta_2 ** number)) / (1 - beta_1 ** number);
      const shrink = 1 - rate * decay;
      for (let i = 0; i < count; i++) {
        mean[i] += (g[i] - mean[i]) * (1 - beta_1);
        square[i] += (g[i] * g[i] - square[i]) * (1 - beta_2);
        w[i] = w[i] * shrink - (mean[i] * size) / (Math.sqrt(square[i]) + epsilon);
      }
    };
  }

  // Each returns the loss of an output a for a label y, and its slope by a.
  const LOSSES = {
    binary_crossentropy: ({ label_smoothing = 0 }) => ({
      smooth: label_smoothing,
      value: (a, y) => {
        const p = Math.min(Math.max(Math.fround(a), CLIP_LOW), CLIP_HIGH);
        return -(y * Math.log(p) + (1 - y) * Math.log(1 - p));
      },
      slope: (a, y) => {
        const p = Math.fround(a); // near 1 single precision decides what is clipped
        return p < CLIP_LOW || p > CLIP_HIGH ? 0 : (p - y) / (p * (1 - p));
      },
    }),
    sparse_categorical_crossentropy: () => ({ softmax: true }),
    mean_squared_error: () => ({ value: (a, y) => (a - y) ** 2, slope: (a, y) => 2 * (a - y) }),
    hinge: () => ({
      value: (a, y) => Math.max(0, 1 - (2 * y - 1) * a),
      slope: (a, y) => (1 - (2 * y - 1) * a >= 0 ? 1 - 2 * y : 0),
    }),
  };

  Circles.options = { ACTIVATIONS, FEATURES, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES };
})();

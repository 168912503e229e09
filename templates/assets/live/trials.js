// Runs of a network under a seed, for the live figure "seeds": how each is trained and judged, and how often
// many succeed.
"use strict";

(() => {
  const [MOST_WEIGHTS, MOST_EPOCHS] = [2000, 20000];
  const Z = 1.959963984540054; // of a 95 % interval

  // Wilson's interval of a rate.
  function wilson(successes, trials) {
    const [p, room] = [successes / trials, (Z * Z) / trials];
    const middle = (p + room / 2) / (1 + room);
    const half = (Z / (1 + room)) * Math.sqrt((p * (1 - p)) / trials + room / (4 * trials));
    return [successes ? middle - half : 0, successes === trials ? 1 : middle + half];
  }

  // What is wrong with settings that somebody wrote, or nothing.
  function refusal(settings) {
    if (!Array.isArray(settings?.layers) || !settings.layers.length) return "it has no layers";
    if (!settings.layers.every(({ units }) => Number.isInteger(units) && units > 0 && units <= 1000)) return "units: whole numbers from 1";
    const weights = Circles.network(settings).weights.length;
    if (weights > MOST_WEIGHTS) return `${weights} weights, and this page trains ${MOST_WEIGHTS} at most`;
    const { epochs, batch_size: batch = 32 } = settings;
    if (!Number.isInteger(epochs) || epochs < 1 || epochs > MOST_EPOCHS) return `epochs: a whole number from 1 to ${MOST_EPOCHS}`;
    if (!Number.isInteger(batch) || batch < 1) return "batch_size: a whole number from 1";
    Circles.network(settings).run({ ...settings, points: [[0, 0], [1, 1]], labels: [0, 1] }).epoch(); // names are known
    return "";
  }

  // One run, slice by slice.
  class Trial {
    constructor(seed, { settings, watched }, { points, labels, scaler }) {
      const { layers, features, initializer } = settings;
      this.seed = seed;
      this.watched = watched ?? Math.max(1, Math.floor(0.9 * settings.epochs));
      this.network = Circles.network({ layers, features, initializer, scaler, seed });
      this.run = this.network.run({ ...settings, points, labels, seed });
    }

    // Train until a time; return whether the run has ended.
    train(until) {
      const { run } = this;
      while (!run.ended) {
        const score = run.slice(until);
        if (!score) break;
        if (run.passed === this.watched) this.before = score.loss;
        this.after = score.loss;
        if (performance.now() > until) break;
      }
      return Boolean(run.ended);
    }

    // What became of it.
    judge({ settings }, { points, labels, heldOut }, close) {
      const { network, seed, before, after } = this;
      const { accuracy, loss } = network.evaluate({ points, labels, loss: settings.loss });
      const outside = network.evaluate({ ...heldOut, loss: settings.loss }).accuracy;
      const outcome = Circles.outcomeOf(network, settings, { points, labels, accuracy, before, after });
      const isGood = close === null ? accuracy === 1 : outside >= close - 1e-9;
      return { seed, network, epochs: this.run.passed, loss, accuracy, outside, outcome, isGood };
    }
  }

  Circles.trials = { Trial, refusal, wilson };
})();

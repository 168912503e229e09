// A network in training, in slices of time, with the frames that a figure shows of it: after which epoch, the
// loss and the accuracy on the points to train on and on those held out, and the weights.
//
//   const session = Circles.training(state, samples);   // samples as Circles.datasets gives them; or with the
//                                                       // weights after an epoch, and that epoch
//   session.work(performance.now() + 10, 200);          // until then, or the epoch 200
//   session.frames.at(-1); session.ended;               // "", or why no more is to be done
"use strict";

(() => {
  const MOST_FRAMES = 240;
  const STILL = 1e-7; // what single precision would lose beside a weight of 1
  const CALM = 5; // epochs without a move
  const pairs = ({ x, y }) => x.map((one, i) => [one, y[i]]);

  // What is trained on and what is watched: the last share of the points, or another draw.
  function parted(state, { points, validation }) {
    const count = points.x.length;
    const share = Math.floor(count * (1 - state.validation_split));
    const from = state.validation_split ? Math.min(Math.max(1, share), Math.max(1, count - 1)) : count; // a point on each side
    const rows = (low, high) => ({ points: pairs(points).slice(low, high), labels: points.label.slice(low, high) });
    const watched = from < count ? rows(from, count)
      : validation && { points: pairs(validation), labels: validation.label };
    return { trained: rows(0, from), watched };
  }

  class Session {
    constructor(state, samples, weights = null, epoch = 0) {
      const { trained, watched } = parted(state, samples);
      const stop = state.early_stopping;
      const watch = stop && !watched && (stop.monitor ?? "val_loss").startsWith("val_") ? { ...stop, monitor: "loss" } : stop;
      this.state = state;
      this.scaler = Circles.scalerOf(state, pairs(samples.points));
      const { layers, features, seed, initializer } = state;
      this.network = Circles.network({ layers, features, scaler: this.scaler, seed, initializer, weights });
      this.start = this.network.weights.slice();
      this.run = this.network.run({ ...trained, validation: watched, ...this.settings(), early_stopping: watch || null });
      const look = ({ x, y, label }) => (x.length ? this.network.sample({ points: pairs({ x, y }), labels: label, loss: state.loss }) : null);
      this.training = look(samples.points);
      this.heldOut = look(samples.held_out);
      this.stride = 1;
      this.frames = [];
      this.still = 0;
      this.ended = "";
      this.before = this.start.slice(); // the weights after the last step
      this.then = this.start.slice(); // and after the last epoch
      this.note(epoch);
    }

    settings() {
      const { loss, optimizer, learning_rate, batch_size, epochs, seed } = this.state;
      return { loss, optimizer, learning_rate, batch_size, epochs, seed };
    }

    get epoch() {
      return this.frames.at(-1).epoch;
    }

    // Keep what the network is now, and of frames in between every other one when there are too many.
    note(epoch) {
      const frame = { epoch, training: this.training.score(), heldOut: this.heldOut?.score() ?? null, weights: this.network.weights.slice() };
      if (this.isLoose) this.frames.pop();
      this.isLoose = epoch % this.stride !== 0;
      this.frames.push(frame);
      if (this.frames.length > MOST_FRAMES) {
        this.stride *= 2;
        this.frames = this.frames.filter(({ epoch: one }, i) => one % this.stride === 0 || i === this.frames.length - 1);
        this.isLoose = epoch % this.stride !== 0;
      }
    }

    // Train until a time, or an epoch if that comes first; return whether there is more to do.
    work(until, epoch = Infinity) {
      const { run, network } = this;
      network.weights.set(this.before); // of the last step: another epoch may be shown
      while (!this.ended && run.passed < epoch && performance.now() < until) {
        if (!run.slice(until)) break;
        this.judge();
        if (!this.ended && run.passed % this.stride === 0) this.note(run.passed);
      }
      this.before.set(network.weights);
      if (run.passed && run.passed !== this.epoch && this.ended !== "diverged") {
        network.weights.set(this.then); // an epoch may have begun
        if (this.ended) run.finish();
        this.note(run.passed);
      }
      return !this.ended && run.passed < epoch;
    }

    // Whether training has ended, or stands still.
    judge() {
      const { run, then } = this;
      const { weights } = this.network;
      let move = 0;
      for (let i = 0; i < weights.length; i++) {
        move = Math.max(move, Math.abs(weights[i] - then[i]) / Math.max(1, Math.abs(weights[i])));
        then[i] = weights[i];
      }
      this.still = move < STILL ? this.still + 1 : 0;
      if (!Number.isFinite(move)) this.ended = "diverged";
      else this.ended = run.ended || (this.still >= CALM ? "nothing moves" : "");
    }

    // Set one weight of the last epoch; training goes on from there.
    put(at, value) {
      const { network, run } = this;
      network.weights.set(this.frames.at(-1).weights);
      network.weights[at] = value;
      for (const kept of [this.before, this.then]) kept.set(network.weights);
      [run.pass, this.still, this.ended, this.isLoose] = [null, 0, run.ended, true];
      this.note(this.epoch);
    }

    // The frame nearest to an epoch.
    at(epoch) {
      return this.frames.reduce((best, one) => (Math.abs(one.epoch - epoch) < Math.abs(best.epoch - epoch) ? one : best));
    }
  }

  Circles.training = (...given) => new Session(...given);
})();

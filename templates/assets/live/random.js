// Chance as NumPy draws it: `Circles.generator(seed, use)` gives the numbers of
// numpy.random.default_rng(SeedSequence(seed, spawn_key=(use,))), so that a seed means here what it means
// in the report: the same first weights and the same batches.
"use strict";

(() => {
  const Circles = (globalThis.Circles ??= { figures: {}, data: {} });

  // SeedSequence, which makes a state of any bits out of a small number.
  function hashing(constant, factor) {
    return (value) => {
      value ^= constant;
      constant = Math.imul(constant, factor);
      value = Math.imul(value, constant);
      return (value ^ (value >>> 16)) >>> 0;
    };
  }

  function mix(x, y) {
    const mixed = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) | 0;
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }

  function seedWords(seed, use, count) {
    const entropy = use === undefined ? [seed] : [seed, 0, 0, 0, use];
    const hash = hashing(0x43b0d7e5, 0x931e8875);
    const pool = [0, 1, 2, 3].map((i) => hash(entropy[i] ?? 0));
    for (let from = 0; from < 4; from++) {
      for (let to = 0; to < 4; to++) {
        if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
      }
    }
    for (const more of entropy.slice(4)) {
      for (let to = 0; to < 4; to++) pool[to] = mix(pool[to], hash(more));
    }
    const draw = hashing(0x8b51f9dd, 0x58f38ded);
    return Array.from({ length: count }, (_, i) => draw(pool[i % 4]));
  }

  // Numbers of 128 bits are four words of 32 bits, the lowest first.
  const f0 = 0x9fccf645, f1 = 0x4385df64, f2 = 0x1fc65da4, f3 = 0x2360ed05; // of the generator

  const carried = (sum) => Math.floor(sum / 4294967296);

  function add(number, other) {
    let carry = 0;
    for (let i = 0; i < 4; i++) {
      const sum = number[i] + other[i] + carry;
      number[i] = sum;
      carry = sum > 0xffffffff ? 1 : 0;
    }
  }

  // The high word of the product of two words.
  function high(x, y) {
    const a = x >>> 16, b = x & 0xffff, c = y >>> 16, d = y & 0xffff;
    const middle = ((b * d) >>> 16) + ((a * d) & 0xffff) + ((b * c) & 0xffff);
    return (Math.imul(a, c) + ((a * d) >>> 16) + ((b * c) >>> 16) + (middle >>> 16)) >>> 0;
  }

  // PCG64 (O'Neill 2014), NumPy's default generator.
  class Generator {
    constructor(seed, use) {
      const [a, b, c, d, e, f, g, h] = seedWords(seed, use, 8);
      this.step = Uint32Array.of((g << 1) | 1, (h << 1) | (g >>> 31), (e << 1) | (h >>> 31), (f << 1) | (e >>> 31));
      this.state = new Uint32Array(4);
      this.next();
      add(this.state, [c, d, a, b]);
      this.next();
      this.low = this.high = 0;
      this.kept = null; // half of a draw that nobody has asked for yet
    }

    // The next 64 bits, in `low` and `high`; the state becomes its product with f, plus the step.
    next() {
      const { state, step } = this;
      const s0 = state[0], s1 = state[1], s2 = state[2], s3 = state[3];
      const sum1 = high(s0, f0) + (Math.imul(s0, f1) >>> 0) + (Math.imul(s1, f0) >>> 0);
      const sum2 = high(s0, f1) + high(s1, f0) + (Math.imul(s0, f2) >>> 0) + (Math.imul(s1, f1) >>> 0)
        + (Math.imul(s2, f0) >>> 0) + carried(sum1);
      const sum3 = high(s0, f2) + high(s1, f1) + high(s2, f0) + (Math.imul(s0, f3) >>> 0)
        + (Math.imul(s1, f2) >>> 0) + (Math.imul(s2, f1) >>> 0) + (Math.imul(s3, f0) >>> 0) + carried(sum2);
      const new0 = (Math.imul(s0, f0) >>> 0) + step[0];
      const new1 = (sum1 >>> 0) + step[1] + carried(new0);
      const new2 = (sum2 >>> 0) + step[2] + carried(new1);
      const new3 = (sum3 >>> 0) + step[3] + carried(new2);
      state[0] = new0;
      state[1] = new1;
      state[2] = new2;
      state[3] = new3;
      const low = (new0 ^ new2) | 0;
      const top = (new1 ^ new3) | 0;
      const turn = (new3 >>> 0) >>> 26;
      const first = turn & 32 ? top : low;
      const second = turn & 32 ? low : top;
      const by = turn & 31;
      this.low = by ? (first >>> by) | (second << (32 - by)) : first;
      this.high = by ? (second >>> by) | (first << (32 - by)) : second;
    }

    bits32() {
      if (this.kept !== null) {
        const kept = this.kept;
        this.kept = null;
        return kept;
      }
      this.next();
      this.kept = this.high >>> 0;
      return this.low >>> 0;
    }

    // A number in [0, 1).
    random() {
      this.next();
      return ((this.high >>> 0) * 2097152 + (this.low >>> 11)) / 9007199254740992;
    }

    uniform(low, high) {
      return low + (high - low) * this.random();
    }

    // A whole number from 0 to `most`, each as likely as any: as many bits as it takes, until they fit.
    below(most) {
      const mask = 0xffffffff >>> Math.clz32(most);
      for (;;) {
        const value = this.bits32() & mask;
        if (value <= most) return value;
      }
    }

    shuffle(rows) {
      for (let i = rows.length - 1; i > 0; i--) {
        const j = this.below(i);
        const kept = rows[i];
        rows[i] = rows[j];
        rows[j] = kept;
      }
      return rows;
    }
  }

  function counted(samples) {
    return Uint32Array.from({ length: samples }, (_, i) => i);
  }

  // The order in which a run sees its points, epoch by epoch: the shuffles are those of all runs, and
  // each run has its points in places of its own (circles.training.initialization).
  const drawn = new Map();

  function shuffles(samples) {
    if (!drawn.has(samples)) {
      const generator = new Generator(0);
      const epochs = [];
      drawn.set(samples, (epoch) => {
        while (epochs.length <= epoch) epochs.push(generator.shuffle(counted(samples)));
        return epochs[epoch];
      });
    }
    return drawn.get(samples);
  }

  function orders(samples, seed) {
    const places = new Generator(seed, 1).shuffle(counted(samples));
    const shuffle = shuffles(samples);
    const order = new Uint32Array(samples);
    return (epoch) => {
      const shuffled = shuffle(epoch);
      for (let i = 0; i < samples; i++) order[i] = places[shuffled[i]];
      return order;
    };
  }

  Circles.generator = (seed, use) => new Generator(seed, use);
  Circles.orders = orders;
})();

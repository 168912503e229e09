// Points for a network of the reader's own: drawn from a seed, painted, or read from a table. Kinds and keys
// have the names of the experiment file where it has them; the points themselves are draws of this page.
//
//   Circles.datasets.samples({ data: "moons", noise: 0.1, samples: 1000, draw: 1 }, report)
//   // { points, held_out, validation, window, names }, each sample { x, y, label }
"use strict";

(() => {
  const REACH = 1.25; // of the plane on which points are painted
  const STEPS = 2047; // places of a painted point each way: 11 bits
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const [SHARE, LABELS] = [0.25, ["orange", "blue"]]; // of points of one's own, a quarter is held out

  function normal(generator) { // Box and Muller's way
    return Math.sqrt(-2 * Math.log(1 - generator.random())) * Math.cos(2 * Math.PI * generator.random());
  }

  // Where the point i of `count` with a label lies before the noise.
  const PLACES = {
    circles: (i, label, count) => {
      const angle = (2 * Math.PI * Math.floor(i / 2)) / Math.ceil(count / 2);
      const radius = label ? 0.8 : 1;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
    moons: (i, label, count) => {
      const angle = (Math.PI * Math.floor(i / 2)) / Math.max(1, Math.ceil(count / 2) - 1);
      return label ? [1 - Math.cos(angle), 0.5 - Math.sin(angle)] : [Math.cos(angle), Math.sin(angle)];
    },
    xor: (i, label, count, generator) => {
      const x = generator.uniform(-1, 1);
      const y = Math.abs(generator.uniform(-1, 1)) * Math.sign(x);
      return [x, label ? -y : y];
    },
    spiral: (i, label, count, generator) => {
      const radius = Math.sqrt(generator.uniform(0.01, 1));
      const angle = Math.PI * (2 * radius + label);
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
    blobs: (i, label) => (label ? [-0.7, 0] : [0.7, 0]),
  };

  function draw(kind, { noise, samples }, seed) {
    const generator = Circles.generator(seed, 2);
    const made = { x: [], y: [], label: [] };
    for (let i = 0; i < samples; i++) {
      const label = i % 2;
      const [x, y] = PLACES[kind](i, label, samples, generator);
      made.x.push(x + noise * normal(generator));
      made.y.push(y + noise * normal(generator));
      made.label.push(label);
    }
    return made;
  }

  const choose = ({ x, y, label }, rows) => ({ x: rows.map((i) => x[i]), y: rows.map((i) => y[i]), label: rows.map((i) => label[i]) });

  // A quarter of each label is held out, by the seed of the draw.
  function part(all, seed) {
    const generator = Circles.generator(seed, 3);
    const out = new Set([0, 1].flatMap((label) => {
      const rows = generator.shuffle([...all.label.keys()].filter((i) => all.label[i] === label));
      return rows.slice(0, Math.floor(SHARE * rows.length));
    }));
    const rows = [...all.label.keys()];
    return { points: choose(all, rows.filter((i) => !out.has(i))), held_out: choose(all, rows.filter((i) => out.has(i))) };
  }

  // What a map of points shows: from where to where, to the right and upwards.
  function windowOf({ x, y }) {
    const range = (values) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const room = 0.08 * (high - low) || 1;
      return [low - room, high + room];
    };
    return [...range(x), ...range(y)];
  }

  // Painted points in an address: each is x and y in 11 bits, and the label, in four letters.
  const letter = (six) => LETTERS[six & 63];
  const snap = (value) => Math.max(0, Math.min(STEPS, Math.round(((value / REACH + 1) / 2) * STEPS)));
  const unsnap = (step) => Number((((2 * step) / STEPS - 1) * REACH).toFixed(5));

  function pack({ x, y, label }) {
    return x.map((one, i) => {
      const [u, v] = [snap(one) * 2 + label[i], snap(y[i])];
      return letter(u >> 6) + letter(u) + letter(v >> 6) + letter(v);
    }).join("");
  }

  function unpack(text) {
    const found = { x: [], y: [], label: [] };
    for (let i = 0; i + 3 < text.length; i += 4) {
      const [a, b, c, d] = [0, 1, 2, 3].map((at) => LETTERS.indexOf(text[i + at]));
      const u = a * 64 + b;
      found.x.push(unsnap(u >> 1));
      found.y.push(unsnap(c * 64 + d));
      found.label.push(u & 1);
    }
    return found;
  }

  // The samples of a state. `report` has those of the report, `table` what was read from a file.
  function samples(state, report, table = null) {
    if (state.data === "report") return report;
    if (state.data === "csv") return { ...part(table, state.draw), window: windowOf(table), names: table.names };
    if (state.data === "painted") {
      return { ...part(unpack(state.points), state.draw), window: [-REACH, REACH, -REACH, REACH], names: LABELS };
    }
    const points = draw(state.data, state, state.draw);
    return { points, held_out: draw(state.data, state, state.draw + 1), window: windowOf(points), names: LABELS };
  }

  Circles.datasets = { DRAWN: Object.keys(PLACES), samples, pack, unpack, snap: (value) => unsnap(snap(value)), windowOf };
})();

// How a run ends: the rules of the report (scripts/circles/analysis/outcomes.py), the first that fits counts.
"use strict";

(() => {
  const [CLIPPED, NEARLY, WIDER, STRAIGHT, FALLING] = [0.99, 0.99, 3, 1e-3, 0.01];
  const [RESOLUTION, EDGE_POINTS, HALVINGS, MARGIN] = [61, 400, 12, 0.1];
  const ROUGH = 0.05; // of the window's side: more than a cell of the grid
  const FAR = 1e6; // sides of the window
  const MOST_UNITS = 32; // of which the report knows the region exactly
  const AFFINE = new Set(["x1", "x2"]);
  const FALLING_SOMEWHERE = new Set(["gelu", "silu", "softmax"]);

  const spaced = (low, high, count) => Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
  const answers = (network, points) => Array.from(network.predict(points)).map((one) => one > 0.5);

  // Where the answers are looked at: on a grid in the window of the points, and on the edge of a wider one.
  function layOut(points) {
    const [across, up] = [0, 1].map((axis) => {
      const values = points.map((point) => point[axis]);
      return [Math.min(...values) - MARGIN, Math.max(...values) + MARGIN];
    });
    const [xs, ys] = [spaced(...across, RESOLUTION), spaced(...up, RESOLUTION)];
    const at = ([low, high], t) => (low + high) / 2 + ((high - low) / 2) * WIDER * t;
    return {
      side: Math.max(across[1] - across[0], up[1] - up[0]),
      grid: ys.flatMap((y) => xs.map((x) => [x, y])),
      edge: spaced(-1, 1, EDGE_POINTS).flatMap((t) => [[t, 1], [t, -1], [1, t], [-1, t]]).map(([u, v]) => [at(across, u), at(up, v)]),
    };
  }

  const places = new WeakMap(); // by the points: many runs are judged on the same ones

  function placesOf(points) {
    if (!places.has(points)) places.set(points, layOut(points));
    return places.get(points);
  }

  // Whether a network can draw one straight line at most: it is affine, or keeps one affine number of a point
  // and nothing after that falls.
  function drawsALine({ layers, columns }, features) {
    if (columns > 1 || !features.every((name) => AFFINE.has(name))) return false;
    const isLinear = ({ activation }) => activation === "linear";
    const narrow = layers.findIndex(({ units }) => units === 1);
    const rises = ({ units, activation }) => units === 1 && !FALLING_SOMEWHERE.has(activation);
    return (layers.slice(0, -1).every(isLinear) && ["linear", "sigmoid"].includes(layers.at(-1).activation))
      || (layers.slice(0, narrow).every(isLinear) && layers.slice(narrow).every(rises));
  }

  // Far away, along every kink of one hidden (leaky) ReLU layer and between them, where the region of label 1 shows
  // whether it is bounded; of any other network, the edge of a wider window.
  function outskirts({ layers, shapes, weights, scaler }, features, { side, edge }) {
    const isPlain = layers.length === 2 && ["relu", "leaky_relu"].includes(layers[0].activation)
      && ["sigmoid", "linear", "relu", "leaky_relu"].includes(layers[1].activation) && !scaler && String(features) === "x1,x2";
    if (!isPlain || layers[0].units > MOST_UNITS) return edge;
    const { units } = shapes[0];
    const kinks = Array.from({ length: units }, (_, k) => Math.atan2(weights[units + k], weights[k]) + Math.PI / 2);
    const angles = kinks.flatMap((one) => [one, one + Math.PI]).map((one) => (one + 4 * Math.PI) % (2 * Math.PI)).sort((a, b) => a - b);
    const between = angles.map((one, i) => (one + (i + 1 < angles.length ? angles[i + 1] : angles[0] + 2 * Math.PI)) / 2);
    return [...angles, ...between].map((one) => [FAR * side * Math.cos(one), FAR * side * Math.sin(one)]);
  }

  // Where the answer changes along the lines of a grid, found by halving.
  function findCrossings(network, grid, halvings) {
    const side = answers(network, grid);
    const ends = [];
    for (let j = 0; j < RESOLUTION; j++) {
      for (let i = 0; i < RESOLUTION; i++) {
        const at = j * RESOLUTION + i;
        if (i && side[at] !== side[at - 1]) ends.push([grid[at - 1], grid[at], side[at - 1]]);
        if (j && side[at] !== side[at - RESOLUTION]) ends.push([grid[at - RESOLUTION], grid[at], side[at - RESOLUTION]]);
      }
    }
    const middleOf = ([from, to]) => [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    for (let halving = 0; halving < halvings && ends.length; halving++) {
      const middles = ends.map(middleOf);
      answers(network, middles).forEach((answer, i) => { ends[i][answer === ends[i][2] ? 0 : 1] = middles[i]; });
    }
    return ends.map(middleOf);
  }

  // How far points lie at most from the line along their first principal direction.
  function strayOf(found) {
    const mean = [0, 1].map((axis) => found.reduce((sum, one) => sum + one[axis], 0) / found.length);
    const centred = found.map(([x, y]) => [x - mean[0], y - mean[1]]);
    const [xx, xy, yy] = [[0, 0], [0, 1], [1, 1]].map(([i, j]) => centred.reduce((sum, one) => sum + one[i] * one[j], 0));
    const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
    return Math.max(...centred.map(([x, y]) => Math.abs(y * Math.cos(angle) - x * Math.sin(angle))));
  }

  // Whether the boundary in the window is one straight line. To see that it is far from one, a few halvings do.
  function isStraight(network, { side, grid }) {
    const rough = findCrossings(network, grid, 1);
    if (!rough.length || strayOf(rough) > ROUGH * side) return false;
    return strayOf(findCrossings(network, grid, HALVINGS)) <= STRAIGHT * side;
  }

  // Whether more labels are right than with the best answer that is the same for every point.
  function beatsConstant(accuracy, labels) {
    const rows = Array.from(labels, (label) => [label].flat());
    const most = rows[0].map((_, column) => {
      const counts = new Map();
      for (const row of rows) counts.set(row[column], (counts.get(row[column]) ?? 0) + 1);
      return Math.max(...counts.values());
    });
    return Math.round(accuracy * rows.length * rows[0].length) > most.reduce((sum, one) => sum + one);
  }

  // `before` and `after` are the losses of the last epoch before the last tenth of all, and of the last.
  function outcomeOf(network, settings, { points, labels, accuracy, before, after }) {
    const outputs = network.predict(points);
    const isFinite = [...network.weights, ...outputs, after].every(Number.isFinite);
    if (accuracy === 1) return "exact";
    if (network.columns > 1 && network.layers.at(-1).activation !== "softmax") return "invalid";
    if (!isFinite) return "diverged";
    if (outputs.every((one, i) => one === outputs[i % network.columns])) return "dead-output";
    const features = settings.features ?? ["x1", "x2"];
    const seen = placesOf(points);
    if (drawsALine(network, features) || (network.columns === 1 && isStraight(network, seen))) return "linear";
    if (network.sample({ points, labels, loss: settings.loss }).flat() > CLIPPED * labels.length) return "clipped";
    if (accuracy >= NEARLY && beatsConstant(accuracy, labels)) return "nearly";
    if (network.columns === 1 && answers(network, outskirts(network, features, seen)).includes(true)) return "open-region";
    return before && (before - after) / before > FALLING ? "still-falling" : "stuck";
  }

  Circles.outcomeOf = outcomeOf;
})();

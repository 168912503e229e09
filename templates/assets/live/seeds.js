// The live figure "seeds": one network under 64 seeds, a small map for each. How each run ended, and the share
// of those that came close, with Wilson's interval, beside what the report found. A seed is the report's seed.
//
// A network of the reader's own comes by `Circles.seeds.show({ title, settings })`, with the names and keys of the
// experiment file, or in the address of the page: #seeds= and the settings as JSON.
"use strict";

(() => {
  const { make, isCalm, button, announcer, map, cellsOf, tint, coloursOf, shadeOf, onTheme, lossText } = Circles.page;
  const { Trial, refusal, wilson } = Circles.trials;
  const [COUNT, ACROSS, GRID] = [64, 8, 40];
  const [SLICE, PICTURE] = [24, 200]; // milliseconds: of training before the page may do something else, between two pictures
  const MARK = "#seeds=";

  const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)} %`;
  const range = ([low, high]) => `${(100 * low).toFixed(0)} to ${percent(high)}`;
  const asPoints = ({ x, y }) => x.map((one, i) => [one, y[i]]);

  function build(data) {
    const { networks, outcomes, close, points, held_out: held, window } = data;
    const known = Object.fromEntries(outcomes.map((one) => [one.name, one]));
    const good = close === null ? "exact" : "close";
    const sample = {
      points: asPoints(points), labels: points.label, scaler: null,
      heldOut: { points: asPoints(held), labels: held.label },
    };
    const cells = cellsOf(window, GRID);
    const { element: said, say } = announcer();
    let chosen = networks.find(({ name }) => name === data.start);
    let first = 0;
    let results = [];
    let trial = null;
    let playing = false;
    let opened = null;
    let marked = null;
    let spent = 0; // milliseconds of computing

    // The strip
    const maps = Array.from({ length: COUNT }, (_, i) => {
      const canvas = make("canvas", { width: GRID, height: GRID, "aria-hidden": "true" });
      const cell = make("button", {
        type: "button", class: "live-seed", tabindex: i ? -1 : 0,
        onclick: () => open(i), onfocus: () => rove(i), onkeydown: (event) => walk(event, i),
      }, canvas, make("span", { class: "mark", "aria-hidden": "true" }));
      return { cell, canvas };
    });
    const strip = make("div", { class: "live-seeds", role: "group", "aria-label": "A map for each seed" }, ...maps.map(({ cell }) => cell));
    const tally = make("div", { class: "live-tally", role: "group", "aria-label": "How the runs ended" });

    function rove(i) {
      maps.forEach(({ cell }, k) => cell.setAttribute("tabindex", k === i ? 0 : -1));
    }

    function walk(event, i) {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: ACROSS, ArrowUp: -ACROSS, Home: -i, End: COUNT - 1 - i }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      maps[i + step]?.cell.focus();
    }

    function colour(i, network) {
      tint(maps[i].canvas, coloursOf(strip), shadeOf(network.predict(cells), network.columns));
    }

    // One map, large, over the others
    const large = map({ points, window, label: "The points, and what this run answers" });
    const largeTitle = make("strong", {});
    const largeText = make("p", {});
    const back = button("All seeds", () => shut());
    const view = make("div", { class: "live-opened", hidden: true, onkeydown: (event) => event.key === "Escape" && shut() },
      large.element, make("p", { class: "live-score" }, largeTitle), largeText,
      make("div", { class: "live-buttons" }, back, button("Seed before", () => open((opened + COUNT - 1) % COUNT, false)),
        button("Seed after", () => open((opened + 1) % COUNT, false))));

    function open(i, isNew = true) {
      opened = i;
      view.hidden = false;
      strip.hidden = tally.hidden = true;
      showOpened();
      if (isNew) back.focus();
    }

    function shut() {
      const from = opened;
      opened = null;
      view.hidden = true;
      strip.hidden = tally.hidden = false;
      maps[from].cell.focus();
    }

    function showOpened() {
      if (opened === null) return;
      const [seed, result] = [first + opened, results[opened]];
      const network = result?.network ?? (trial && results.length === opened ? trial.network : null);
      largeTitle.textContent = result ? `Seed ${seed}: ${known[result.outcome].title.toLowerCase()}` : `Seed ${seed}`;
      largeText.textContent = result ? describe(result) : network ? "In training." : "Not run yet.";
      large.paint(network ?? Circles.network({ ...chosen.settings, scaler: sample.scaler, seed }));
      if (result) say(`${largeTitle.textContent}. ${largeText.textContent}`);
    }

    function describe({ seed, accuracy, outside, loss, epochs, outcome, isGood }) {
      const scores = `Accuracy ${percent(accuracy, 1)}, on new points ${percent(outside, 1)}`;
      const rest = `${good === "close" && isGood ? ", close to the best possible" : ""}. Loss ${lossText(loss)} after ${epochs} epochs. `;
      return scores + rest + known[outcome].meaning + theirs(seed);
    }

    // How the report's own run of a seed ended.
    function theirs(seed) {
      const place = data.seeds.indexOf(seed);
      if (place < 0 || !chosen.ended) return "";
      return ` The report’s own run of this seed: ${outcomes[Number(chosen.ended[place])].title.toLowerCase()}.`;
    }

    // The rate
    const [big, interval, report, exact, state] = [make("strong", {}), ...Array.from({ length: 4 }, () => make("span", {}))];
    state.className = "live-record";
    const funnel = make("path", { class: "funnel" });
    const rate = make("path", { class: "rate" });
    const own = make("g", { class: "own" });
    const chart = make("svg", { viewBox: "0 0 76 40", class: "live-funnel", preserveAspectRatio: "none", "aria-hidden": "true" },
      make("path", { d: "M0 .5H76M0 20H76M0 39.5H76", class: "rule" }), funnel, rate, own);
    const axis = ["100 %", "50 %", "0 %"].map((text) => make("span", {}, text));
    const frame = make("div", { class: "live-chart" }, make("div", { class: "axis", "aria-hidden": "true" }, ...axis), chart);
    const key = make("p", { class: "live-key" }, make("span", { class: "key-rate" }, "rate here, and its 95 % interval"),
      make("span", { class: "key-own" }, "the report’s"));
    const high = (share) => (39.5 - 39 * share).toFixed(2);

    function showRate() {
      const done = results.length;
      const count = results.filter(({ isGood }) => isGood).length;
      const ends = done ? wilson(count, done) : [0, 1];
      big.textContent = done ? `${count} of ${done} ${good}` : `${COUNT} seeds to try`;
      interval.textContent = done ? `${percent(count / done)}; 95 % interval ${range(ends)}` : "Close: on new points, at most one percentage point below the best possible";
      if (!done && good === "exact") interval.textContent = "Exact: right on every training point";
      exact.textContent = done && good === "close" ? `Exact, right on every training point: ${results.filter(({ outcome }) => outcome === "exact").length}` : "";
      report.textContent = chosen.runs ? inReport() : "The report has not tried this network";
      drawRate();
      const seconds = (spent / 1000).toFixed(1);
      state.textContent = done === COUNT ? `${COUNT} runs in ${seconds} s of computing` : done || trial ? `Seed ${first + done}, ${seconds} s` : "";
    }

    function inReport() {
      const [count, low, top] = [chosen[good], chosen[`${good}_low`], chosen[`${good}_high`]];
      if (top === 0) return "The report: never (proved)";
      return `The report: ${count} of ${chosen.runs}; 95 % interval ${range([low, top])}`;
    }

    function drawRate() {
      let [count, lower, upper, middle] = [0, "", "", ""];
      results.forEach(({ isGood }, i) => {
        count += isGood ? 1 : 0;
        const [low, top] = wilson(count, i + 1);
        upper += `${i ? "L" : "M"}${i + 1} ${high(top)}`;
        lower = `L${i + 1} ${high(low)}${lower}`;
        middle += `${i ? "L" : "M"}${i + 1} ${high(count / (i + 1))}`;
      });
      funnel.setAttribute("d", upper && `${upper}${lower}Z`);
      rate.setAttribute("d", middle);
      const [low, top] = [chosen[`${good}_low`], chosen[`${good}_high`]];
      own.replaceChildren(...(chosen.runs ? [
        make("path", { d: `M71 ${high(low)}V${high(top)}`, class: "span" }),
        make("path", { d: `M69 ${high(chosen[good] / chosen.runs)}h4`, class: "middle" })] : []));
    }

    function showTally() {
      const counts = outcomes.map(({ name }) => results.filter(({ outcome }) => outcome === name).length);
      if (marked && !counts[outcomes.findIndex(({ name }) => name === marked)]) marked = null;
      const focused = tally.contains(document.activeElement) ? document.activeElement.dataset.outcome : null;
      tally.replaceChildren(...outcomes.flatMap(({ name, title, meaning }, i) => (counts[i] ? [button(`${title} ${counts[i]}`, () => {
        marked = marked === name ? null : name;
        showTally();
      }, { "data-outcome": name, "aria-pressed": String(marked === name), title: meaning })] : [])));
      if (focused) tally.querySelector(`[data-outcome="${focused}"]`)?.focus();
      maps.forEach(({ cell }, i) => cell.classList.toggle("aside", Boolean(marked) && results[i]?.outcome !== marked));
    }

    // What those seeds begin with that have not run yet: some of them at a time.
    let sketched = 0; // the next picture of it
    function sketch(from = 0) {
      cancelAnimationFrame(sketched);
      sketched = requestAnimationFrame(() => sketchRow(from));
    }

    function sketchRow(from) {
      const begun = results.length + (trial ? 1 : 0);
      for (let i = Math.max(from, begun); i < from + ACROSS; i++) {
        colour(i, Circles.network({ ...chosen.settings, scaler: sample.scaler, seed: first + i }));
      }
      if (from + ACROSS < COUNT) sketch(from + ACROSS);
    }

    function showCell(i) {
      const { cell } = maps[i];
      const [seed, result] = [first + i, results[i]];
      cell.classList.toggle("good", Boolean(result?.isGood));
      cell.lastChild.textContent = result?.isGood ? "✓" : "";
      const name = result ? `${known[result.outcome].title.toLowerCase()}, ${percent(result.outside, 1)} on new points${result.isGood ? `, ${good}` : ""}` : "not run yet";
      cell.setAttribute("aria-label", `Seed ${seed}: ${name}`);
      cell.title = `Seed ${seed}: ${name}`;
      cell.classList.toggle("waiting", !result);
      if (result) colour(i, result.network);
      else maps[i].canvas.getContext("2d").clearRect(0, 0, GRID, GRID);
    }

    // Training, in slices: a task of the page is short, and other things may come between two of them.
    const channel = new MessageChannel();
    let painted = 0;
    let isComing = false; // the next slice: there is never more than one to come
    channel.port1.onmessage = () => {
      isComing = false;
      if (playing && !document.hidden) work();
    };
    const goOn = () => {
      if (!isComing) channel.port2.postMessage(0);
      isComing = true;
    };

    function work() {
      const start = performance.now();
      if (results.length === COUNT) return pause();
      if (!trial) {
        trial = new Trial(first + results.length, chosen, sample);
        maps[results.length].cell.classList.remove("waiting");
      }
      if (trial.run.ended) end();
      else if (!trial.train(start + SLICE) && !isCalm() && start - painted > PICTURE) {
        painted = start;
        colour(results.length, trial.network);
        if (opened === results.length) large.paint(trial.network);
      }
      spent += performance.now() - start;
      goOn();
    }

    function end() {
      results.push(trial.judge(chosen, sample, close));
      trial = null;
      const at = results.length - 1;
      showCell(at);
      showTally();
      showRate();
      if (opened === at) showOpened();
      if (results.length === COUNT) say(`${big.textContent}: ${interval.textContent}. ${report.textContent}`);
    }

    function play() {
      if (results.length === COUNT) clear(first);
      playing = true;
      again.hidden = false;
      playButton.textContent = "Pause";
      goOn();
    }

    function pause() {
      playing = false;
      playButton.textContent = results.length && results.length < COUNT ? "Go on" : "Run 64 seeds";
      if (results.length) say(`${big.textContent}: ${interval.textContent}`);
    }

    function clear(from) {
      [first, results, trial, marked, spent] = [from, [], null, null, 0];
      firstBox.value = first;
      maps.forEach((_, i) => showCell(i));
      showTally();
      showRate();
      showOpened();
      pause();
      again.hidden = true;
      sketch();
    }

    document.addEventListener("visibilitychange", () => playing && !document.hidden && goOn());
    onTheme(() => requestAnimationFrame(() => {
      results.forEach(({ network }, i) => colour(i, network));
      sketch();
    }));

    // The controls
    const choice = make("select", { id: "live-seeds-network", onchange: () => take(networks.find(({ name }) => name === choice.value)) });
    const groups = new Map();
    for (const { name, title, group } of networks) {
      if (!groups.has(group)) groups.set(group, make("optgroup", { label: group }));
      groups.get(group).append(make("option", { value: name }, title));
    }
    choice.append(...groups.values());
    const firstBox = make("input", { type: "number", id: "live-seeds-first", min: 0, max: 4e9, step: 1, onchange: () => {
      const value = firstBox.value.trim() === "" ? NaN : Number(firstBox.value);
      if (Number.isFinite(value)) clear(Math.round(Math.min(4e9, Math.max(0, value))));
      else firstBox.value = first;
    } });
    const playButton = button("Run 64 seeds", () => (playing ? pause() : play()), { class: "main" });
    const again = button("Again, the same seeds", () => { clear(first); play(); });
    const wrong = make("p", { class: "live-wrong", hidden: true });

    function take(network) {
      chosen = network;
      choice.value = network.name;
      sample.scaler = Circles.scalerOf(network.settings, sample.points);
      wrong.hidden = true;
      clear(first);
    }

    // A network of the reader's own.
    function show({ title = "Your network", settings }) {
      let text = "";
      try {
        text = refusal(settings);
      } catch (error) {
        text = error.constructor === Error ? error.message : "its settings cannot be understood";
      }
      if (text) {
        wrong.textContent = `This network cannot be run here: ${text}. The one that was shown stays.`;
        wrong.hidden = false;
        return;
      }
      if (!groups.has("")) choice.prepend(...[groups.set("", make("option", { value: "" })).get("")]);
      groups.get("").textContent = title;
      take({ name: "", title, settings, ended: null, runs: 0 });
    }

    function readAddress() {
      if (!location.hash.startsWith(MARK)) return;
      try {
        show({ settings: JSON.parse(decodeURIComponent(location.hash.slice(MARK.length))) });
      } catch {
        show({ settings: null });
      }
      strip.scrollIntoView({ block: "center" });
    }

    Circles.seeds.show = show;
    addEventListener("hashchange", readAddress);
    requestAnimationFrame(() => { take(chosen); readAddress(); });
    const fieldOf = (text, element) => make("div", { class: "live-field" }, make("label", { for: element.id }, text), element);
    return make("div", { class: "live-panel", role: "group", "aria-label": "Live figure: one network under 64 seeds" },
      make("p", { class: "live-lead" }, "Try it: one network, trained here under 64 seeds. A seed gives it the same first weights and batches as in the report."),
      make("div", { class: "live-picture" }, strip, tally, view),
      make("div", { class: "live-controls" },
        fieldOf("Network", choice), make("div", { class: "live-buttons first" }, playButton,
          again, button("Other seeds", () => { clear(first + COUNT); play(); })),
        wrong, make("p", { class: "live-score" }, big, interval, exact, report, state), frame, key, fieldOf("First seed", firstBox), said));
  }

  build.leavesPrinted = true;
  Circles.figures.seeds = build;
  Circles.seeds = {};
})();

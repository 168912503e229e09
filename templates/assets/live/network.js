// The live figure "network": a network of the reader's own, which trains on the points of the report or on
// others while one watches. The state is in the address (state.js), the arithmetic is that of the engine.
"use strict";

(() => {
  const { make, isCalm, button, announcer, unpacked } = Circles.page;
  const { plane, diagram, controls, results, select, takeHome } = Circles.network_parts;
  const { read, write, problemOf, ofVariant, MOST_LAYERS } = Circles.state;
  const SECONDS = 8; // that playing takes for all epochs
  const [SLICE, RACE] = [8, 10]; // milliseconds of training between two pictures: played, and to the end

  const ENDS = {
    "all epochs": () => "Trained to the last epoch.",
    "stopped early": ({ epoch }) => `Early stopping ended it after epoch ${epoch}: no gain for as long as it was to wait.`,
    "nothing moves": ({ epoch }) => `Nothing moves any more since epoch ${epoch}: the gradient is zero, and so is every step.`,
    diverged: ({ run, epoch, state }) => `The numbers grew beyond all bounds in epoch ${run.passed}: a learning rate of ${state.learning_rate.initial ?? state.learning_rate} is too large here. Shown is epoch ${epoch}; try a smaller one.`,
  };

  // Call `action` when nothing has asked for it for so many milliseconds.
  function settled(action, wait) {
    let waiting = 0;
    return () => {
      clearTimeout(waiting);
      waiting = setTimeout(action, wait);
    };
  }

  function build(report) {
    const { variants } = report;
    const named = (name) => variants.find((one) => one.name === name);
    const beginning = () => (named(report.start) ? ofVariant(named(report.start)) : structuredClone(Circles.state.DEFAULTS));
    let state = beginning();
    let table = null; // what was read from a file
    let samples = null;
    let session = null;
    let frame = null; // what is shown
    let playing = null; // from which epoch, to which, since when
    let unit = null; // whose map is shown in the place of the answers
    let [isCut, showsHeldOut] = [false, false];

    const { element: said, say } = announcer();
    const words = make("p", { class: "net-words", role: "status" });
    const shown = plane({ paint });
    const drawn = diagram({ change, put, choose: (place) => { unit = place; paintPlane(); } });
    const told = results({ go: (epoch) => { pause(); show(session.at(epoch), true); } });
    const settings = controls({ now: () => state, change, take: (what) => shown.take(what), open: () => { settings.show(state); chooser.click(); } });
    const loaded = select("Load", [["", "a network of your own"], ...variants.map(({ name, title }) => [name, title])], load);

    const playButton = button("Play", () => (playing ? pause() : play(SLICE)), { class: "net-play" });
    const buttons = make("div", { class: "live-buttons net-bar" }, playButton,
      button("Step", () => step()), button("To the end", () => play(RACE)), button("Back to the start", () => { restart(); remember(); }), loaded.element);

    const tell = (text, isWrong = false) => {
      words.textContent = text;
      words.classList.toggle("wrong", isWrong);
    };

    // Begin anew with the state as it is: the same seed gives the same weights.
    function renew(weights = null, epoch = 0) {
      pause();
      tell("");
      samples = Circles.datasets.samples(state, report, table);
      const isMissing = [0, 1].some((label) => !samples.points.label.includes(label));
      drawn.element.hidden = isMissing;
      home.show(state);
      if (isMissing) {
        session = null;
        shown.blank();
        told.blank();
        shown.look(samples.window);
        drawPoints();
        settings.show(state);
        return tell("Paint some points of either colour; then there is something to learn.");
      }
      session = Circles.training(state, samples, weights, epoch);
      unit = null;
      shown.look(samples.window);
      drawn.build(state, session.network, samples.window);
      drawPoints();
      settings.show(state);
      loaded.show(state.variant);
      show(session.frames.at(-1), true);
    }

    // Take another state, unless it is not possible: then say why, and leave all as it is.
    function take(next, after = () => {}) {
      const problem = problemOf(next);
      if (problem) {
        settings.show(state);
        return tell(problem, true);
      }
      state = next;
      renew();
      after();
    }

    function change(what) {
      const { feature, layer, by, ...others } = what;
      const next = { ...state, ...others, variant: "", epoch: 0 };
      if (feature) next.features = toggled(state.features, feature);
      if (by) next.layers = layer === undefined ? withLayers(state.layers, by) : withUnits(state.layers, layer, by);
      take(next, remember);
    }

    const toggled = (list, one) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);
    const withUnits = (layers, at, by) => layers.flatMap((layer, i) => (i !== at ? [layer] : layer.units + by ? [{ ...layer, units: layer.units + by }] : []));

    function withLayers(layers, by) {
      const [hidden, last] = [layers.slice(0, -1), layers.at(-1)];
      if (by < 0) return [...hidden.slice(0, -1), last];
      const { activation = "relu" } = hidden.at(-1) ?? {};
      return [...hidden, { units: 4, activation }, last].slice(0, MOST_LAYERS + 1);
    }

    function load(name) {
      const variant = named(name);
      if (!variant) return loaded.show(state.variant);
      const next = { ...ofVariant(variant), variant: name };
      const problem = problemOf(next);
      if (problem) {
        loaded.show(state.variant);
        return tell(problem, true);
      }
      state = next;
      if (!variant.weights) {
        restart();
        return tell(`“${variant.title}” diverged in the report: there are no weights to show. Its settings are here.`);
      }
      renew(unpacked(variant.weights), variant.epochs_run);
      tell(`The median run of the report, seed ${variant.seed}, as it was trained. “Back to the start” goes back to its first weights.`);
    }

    // Showing
    function drawPoints() {
      shown.drawPoints(samples.points, showsHeldOut || state.data === "painted" ? samples.held_out : null);
    }

    function paintPlane() {
      if (!session) return;
      const isHidden = unit && unit.layer < state.layers.length - 1;
      shown.show(session.network, { unit: isHidden ? unit : null, isCut, isQuick: Boolean(playing) });
      shown.name(isHidden ? unitWords(unit) : `The plane with ${samples.points.x.length} points, and what the network answers. ${told.said()}`);
    }

    // A weight of the reader's own.
    function put(at, value) {
      pause();
      session.put(at, value);
      show(session.frames.at(-1), true);
      tell("This weight is yours now. “Weights as JSON” has it, the link has not.");
    }

    const unitWords = ({ layer, unit: at }) => (layer < 0 ? `Feature ${state.features[at]}` : `What unit ${at + 1} of layer ${layer + 1} gives`);

    function show(next, isResting) {
      frame = next;
      session.network.weights.set(frame.weights);
      paintPlane();
      drawn.show();
      told.show(session, frame, session.network, samples, isResting);
      if (isResting) say(told.said());
    }

    // Training
    function play(slice, goal = Infinity) {
      if (!session) return;
      pause();
      if (session.ended || state.variant) restart();
      playing = { from: session.run.passed, start: null, slice, goal, painted: 0, part: 0 };
      playButton.textContent = "Pause";
      tell("");
      requestAnimationFrame(next);
    }

    function restart() {
      state = { ...state, variant: "" };
      renew();
    }

    // Weights that are shown may be those of an earlier epoch: training goes on from the last.
    function next(time) {
      if (!playing) return;
      playing.start ??= time;
      const { slice, goal, from, start } = playing;
      const pace = (session.state.epochs / SECONDS) * ((time - start) / 1000);
      session.work(performance.now() + slice, slice === RACE ? goal : Math.min(goal, from + 1 + Math.floor(pace)));
      if (session.ended || session.run.passed >= goal) {
        pause();
        return session.ended && tell(ENDS[session.ended](session), session.ended === "diverged");
      }
      showPart(time);
      requestAnimationFrame(next);
    }

    // While training goes on, one part at a time: the plane, the units, the numbers.
    function showPart(time) {
      const part = playing.part % 3;
      const isEarly = time - playing.painted < (isCalm() ? 500 : playing.slice === RACE ? 120 : 0);
      if (part === 0 && (isEarly || session.frames.at(-1) === frame)) return;
      if (part === 0) [frame, playing.painted] = [session.frames.at(-1), time];
      session.network.weights.set(frame.weights);
      [paintPlane, drawn.show, () => told.show(session, frame, session.network, samples, false)][part]();
      playing.part += 1;
    }

    function pause() {
      if (!playing) return;
      playing = null;
      playButton.textContent = "Play";
      show(session.frames.at(-1), true);
      remember();
    }

    const step = () => session && play(RACE, (session.ended || state.variant ? 0 : session.run.passed) + 1);

    // The address follows what the reader does, once it has settled: browsers count how often it changes.
    const address = () => write({ ...state, epoch: state.variant || !session ? 0 : session.run.passed });
    const remember = settled(() => history.replaceState(null, "", address()), 120);

    // Points of the reader's own
    function paint(x, y, what, near) {
      const all = Circles.datasets.unpack(state.points);
      const gap = (i) => Math.hypot(all.x[i] - x, all.y[i] - y);
      const isNear = all.x.some((_, i) => gap(i) < (what === "erase" ? near : near / 3));
      if (what === "erase" ? !isNear : isNear) return;
      const kept = [...all.x.keys()].filter((i) => what !== "erase" || gap(i) >= near);
      const added = what === "erase" ? [] : [[x, y, what]];
      const points = Circles.datasets.pack({
        x: [...kept.map((i) => all.x[i]), ...added.map((one) => one[0])],
        y: [...kept.map((i) => all.y[i]), ...added.map((one) => one[1])],
        label: [...kept.map((i) => all.label[i]), ...added.map((one) => one[2])],
      });
      pause();
      state = { ...state, points, variant: "", epoch: 0 };
      samples = Circles.datasets.samples(state, report, table);
      drawPoints();
      begin();
    }

    const begin = settled(() => change({}), 250);

    const chooser = make("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", hidden: true, "aria-label": "A CSV file of your own", onchange: () => open(chooser.files[0]) });
    let reading = 0;

    async function open(file) {
      if (!file) return;
      chooser.value = "";
      pause();
      settings.show(state);
      const mine = ++reading;
      const found = await Circles.table.read(file, (share) => {
        if (mine === reading) tell(`Reading ${file.name}: ${Math.round(100 * share)} %`);
        return mine === reading;
      }).catch(() => ({ problem: "It could not be read." }));
      if (mine !== reading) return;
      if (found.problem) return tell(`${file.name}: ${found.problem}`, true);
      ({ table } = found);
      take({ ...state, variant: "", epoch: 0, data: "csv", feature_scale: "standard" }, () => {
        remember();
        tell(`${file.name}: ${found.words} It stays on this machine.`);
      });
    }

    document.addEventListener("visibilitychange", () => {
      if (!document.hidden || !playing) return;
      pause();
      tell("Paused while the page was hidden.");
    });

    const home = takeHome({ now: () => ({ state, session, frame, samples }), address, remember, tell, program: report.program });

    const box = (words, onchange) => make("label", {}, make("input", { type: "checkbox", onchange: (event) => onchange(event.target.checked) }), words);
    const views = make("div", { class: "net-views" },
      box("Show the new points", (isOn) => { showsHeldOut = isOn; drawPoints(); }),
      box("Answers only", (isOn) => { isCut = isOn; paintPlane(); }));

    const panel = make("div", { class: "live-panel live-network", role: "group", "aria-label": "Live figure: a network to train",
      ondragover: (event) => { event.preventDefault(); panel.classList.add("dropping"); },
      ondragleave: () => panel.classList.remove("dropping"),
      ondrop: (event) => { event.preventDefault(); panel.classList.remove("dropping"); open(event.dataTransfer.files[0]); } },
    buttons, words, make("div", { class: "live-picture" }, shown.element, views), told.element, drawn.element, settings.element, home.element, chooser, said);

    // Take what the address asks for; whether it asked for anything.
    function follow() {
      const asked = read(location.hash);
      if (!asked) return false;
      const { epoch = 0, variant = "", data = "" } = asked.state ?? {};
      if (variant && named(variant)) load(variant);
      else if (asked.problem || variant) {
        state = beginning();
        renew();
        tell(`The address asks for something that is not here. ${asked.problem ?? `No variant is called “${variant.slice(0, 40)}”.`} This is the network to begin with.`, true);
      } else if (data === "csv" && !table) {
        take({ ...asked.state, epoch: 0, data: "report", feature_scale: "none" });
        tell("The link was made with a table that stayed with its maker: open a CSV file of yours. Until then these are the points of the report.");
      } else {
        take({ ...asked.state, epoch: 0 });
        if (epoch) play(RACE, epoch);
      }
      panel.scrollIntoView({ block: "start" });
      return true;
    }
    addEventListener("hashchange", follow);
    // It is not seen, and its room is kept, until everything in it has its size.
    panel.classList.add("drawing");
    requestAnimationFrame(() => {
      if (!follow()) renew();
      panel.classList.remove("drawing");
    });
    return panel;
  }

  Circles.figures.network = build;
})();

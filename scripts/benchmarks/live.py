"""Measure the live figures in headless Chromium: the engine's speed, and how soon a page is alive.

With ``--seeds`` also how often the engine and the trainer come close to the best possible.
"""

import sys

sys.path.insert(0, __file__.rpartition("/benchmarks/")[0])  # scripts/

from circles.common import entry

entry.prepare()

import argparse
import statistics
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page
from scipy.stats import fisher_exact

from benchmarks.rounds import add_rounds
from circles.analysis.ceiling import find_ceiling, is_close
from circles.analysis.statistics import rate_of
from circles.common import paths
from circles.experiment.data import make_split
from circles.experiment.spec import Layer, Variant, load
from circles.training.tasks import CHUNK
from proofs import open_browser

EPOCHS = 2000
ROUNDS = 7
WIDTHS = (4, 8)  # of the networks whose rates are compared
SCRIPTS = ("random.js", "options.js", "circles.js")
# The first rounds of a page compile the engine: a reader's first run is one of them.
TRAIN = """([points, labels, heldOut, units, epochs, seed]) => {
  const layers = [{ units, activation: "relu" }, { units: 1, activation: "sigmoid" }];
  const network = Circles.network({ layers, seed });
  const start = performance.now();
  network.train({ points, labels, epochs, seed });
  const seconds = (performance.now() - start) / 1000;
  return [seconds, network.evaluate(heldOut).accuracy];
}"""


# When the first figure of a page came to life, and when its document had been read.
WATCH = """new MutationObserver(() => {
  if (document.querySelector(".live.enabled")) globalThis.alive ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });"""
TIMES = "[alive, performance.getEntriesByType('navigation')[0].domInteractive]"


def main() -> None:
    """Print what was measured, and how."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_rounds(parser, str(ROUNDS))
    parser.add_argument("--seeds", type=int, default=0, help="compare the rates over so many")
    options = parser.parse_args()
    with open_browser() as browser:
        print(f"Chromium {browser.version}, headless; times are of the wall clock")
        page = browser.new_page()
        for name in SCRIPTS:
            page.add_script_tag(path=paths.TEMPLATES / "assets" / "live" / name)
        _print_speed(page, options.rounds or ROUNDS)
        _print_start(browser, options.rounds or ROUNDS)
        for units in WIDTHS if options.seeds else ():
            _print_rates(page, units, range(options.seeds))


def _print_speed(page: Page, rounds: int) -> None:
    first, *others = [_train(page, 4, seed)[0] for seed in range(rounds + 1)]
    middle = statistics.median(others)
    rate = f"{EPOCHS / middle:,.0f} epochs a second"
    print(f"2-4-1, 1000 points in batches of 32, Adam, {EPOCHS} epochs: {middle:.2f} s ({rate}),")
    print(f"the median of {rounds} runs after the first")
    print(f"the first run of a page: {first:.2f} s; the quickest: {min(others):.2f} s")


def _print_start(browser: Browser, rounds: int) -> None:
    """Print how soon the first figure of the front page is alive, where the site is made."""
    front, found = paths.SITE / "index.html", []
    for _ in range(rounds if front.is_file() else 0):
        page = browser.new_page()
        page.add_init_script(WATCH)
        page.goto(front.as_uri())
        found.append(page.evaluate(TIMES))
        page.close()
    if found:
        alive, read = (statistics.median(times) for times in zip(*found, strict=True))
        print(f"the first figure is alive {alive:.0f} ms after the page was asked for,")
        print(f"{alive - read:.0f} ms after it was read: medians of {rounds} visits from disk")


def _print_rates(page: Page, units: int, seeds: range) -> None:
    ceiling = find_ceiling(load(paths.EXPERIMENT).dataset) or 1.0
    engine = is_close(np.array([_train(page, units, seed)[1] for seed in seeds]), ceiling)
    trainer = is_close(_by_the_trainer(units, seeds), ceiling)
    counts = [int(one.sum()) for one in (engine, trainer)]
    for name, count in zip(("the engine", "the trainer"), counts, strict=True):
        rate = rate_of(count, len(seeds))
        print(
            f"2-{units}-1, {name}: {count} of {len(seeds)} close ({rate.low:.2f}–{rate.high:.2f})"
        )
    chance = fisher_exact([[one, len(seeds) - one] for one in counts]).pvalue
    same = int((engine == trainer).sum())
    print(f"  alike under {same} of {len(seeds)} seeds; p = {chance:.2f} by Fisher's exact test")


def _train(page: Page, units: int, seed: int) -> tuple[float, float]:
    """Return the seconds of one run in the browser, and its held-out accuracy."""
    split = make_split(load(paths.EXPERIMENT).dataset)
    held_out = {"points": split.held_out_X.tolist(), "labels": split.held_out_y.tolist()}
    given = [split.X.tolist(), split.y.tolist(), held_out, units, EPOCHS, seed]
    seconds, accuracy = page.evaluate(TRAIN, given)
    return seconds, accuracy


def _by_the_trainer(units: int, seeds: range) -> "np.ndarray[Any, Any]":
    """Return the held-out accuracy of each run of the trainer."""
    from circles.training.trainer import train  # loads TensorFlow

    layers = (Layer(units=units, activation="relu"), Layer(units=1, activation="sigmoid"))
    variant = Variant(name="live", title="Live", layers=layers, learning_rate=0.001, epochs=EPOCHS)
    split = make_split(load(paths.EXPERIMENT).dataset)
    tasks = [tuple(seeds[first : first + CHUNK]) for first in range(0, len(seeds), CHUNK)]
    runs = [train(variant, split, task, traced_seed=None) for task in tasks]
    return np.concatenate([one.held_out_accuracy for one in runs])


if __name__ == "__main__":
    main()

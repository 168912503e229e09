"""Measure the engine of the live figures in headless Chromium: 2,000 epochs of 2-4-1."""

import sys

sys.path.insert(0, __file__.rpartition("/benchmarks/")[0])  # scripts/

from circles.common import entry

entry.prepare()

import argparse
import statistics

from playwright.sync_api import Page

from benchmarks.rounds import add_rounds
from circles.common import paths
from circles.experiment.data import make_split
from circles.experiment.spec import load
from proofs import open_browser

EPOCHS = 2000
ROUNDS = 7
SCRIPTS = ("random.js", "options.js", "circles.js")
# The first rounds of a page compile the engine: a reader's first run is one of them.
TIME = """([points, labels, epochs, seed]) => {
  const layers = [{ units: 4, activation: "relu" }, { units: 1, activation: "sigmoid" }];
  const network = Circles.network({ layers, seed });
  const start = performance.now();
  network.train({ points, labels, epochs, seed });
  return (performance.now() - start) / 1000;
}"""


def main() -> None:
    """Print the seconds of the first run of a page, and the median of those after it."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_rounds(parser, str(ROUNDS))
    rounds = parser.parse_args().rounds or ROUNDS
    with open_browser() as browser:
        first, *others = _measure(browser.new_page(), rounds + 1)
    middle = statistics.median(others)
    rate = f"{EPOCHS / middle:,.0f} epochs a second"
    print(f"2-4-1, 1000 points, Adam, {EPOCHS} epochs: {middle:.2f} s ({rate})")
    print(f"the first run of a page: {first:.2f} s; the quickest: {min(others):.2f} s")


def _measure(page: Page, rounds: int) -> list[float]:
    split = make_split(load(paths.EXPERIMENT).dataset)
    for name in SCRIPTS:
        page.add_script_tag(path=paths.TEMPLATES / "assets" / "live" / name)
    given = [split.X.tolist(), split.y.tolist(), EPOCHS]
    return [page.evaluate(TIME, [*given, seed]) for seed in range(rounds)]


if __name__ == "__main__":
    main()

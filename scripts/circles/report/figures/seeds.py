"""Over the seeds: where every run of every variant ends, and where the tutorial says it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis.statistics import Summary, summarise
from circles.analysis.tutorial import published_on
from circles.common.text import listed
from circles.report.figures import palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import as_accuracy, as_many

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.experiment.spec import Variant

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]

BINS = 120  # across the range of accuracies: runs in one bin are stacked
SPACING = 0.2  # of a stack, at most


@dataclass(frozen=True)
class Strip:
    """The final accuracies of one variant."""

    name: str
    title: str
    seeds: Ints  # (S,)
    accuracy: Floats  # (S,)
    ringed: int  # the row of the reference run
    published: float | None

    @property
    def summary(self) -> Summary:
        """Median and range over the runs."""
        return summarise(self.accuracy)


@dataclass(frozen=True)
class SeedsPicture:
    """The final training accuracy of every run of every variant."""

    reference_seed: int
    strips: tuple[Strip, ...]
    variants: int  # how many there are

    @classmethod
    def of(cls, study: Study) -> SeedsPicture:
        """Return the picture of all variants of ``study``."""
        strips = tuple(
            _strip(study, variant) for variant in study.variants[: palette.MOST_VARIANTS]
        )
        return cls(study.reference_seed, strips, len(study.variants))

    @property
    def size(self) -> tuple[float, float]:
        """As wide as the page, and as high as the strips need."""
        return 7.0, 0.9 + 0.43 * len(self.strips)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        text = palette.describe_variants(len(self.strips), self.variants)
        marks = ["bars are medians", f"rings are seed {self.reference_seed}"]
        if any(strip.published is not None for strip in self.strips):
            marks.append("diamonds are what the tutorial prints")
        said = f"The training accuracy of every run of {text}: {listed(marks)}."
        if all(strip.summary.count == 1 for strip in self.strips):
            return said
        return f"{said} The wider a row, the less a single run says."

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        widest = max(self.strips, key=lambda one: one.summary.high - one.summary.low)
        best = max(self.strips, key=lambda one: one.summary.median)
        equals = sum(one.summary.median == best.summary.median for one in self.strips)
        tied = f" and {as_many(equals - 1, 'other')}" if equals > 1 else ""
        low, high = widest.summary.low, widest.summary.high
        spread = f"Widest spread: {widest.title}, from {as_accuracy(low)} to {as_accuracy(high)}."
        if low == high:
            spread = "All runs of a variant have the same accuracy."
        return (
            f"Dot plot of the training accuracy of {as_many(len(self.strips), 'variant')}. "
            f"{spread} Highest median: {as_accuracy(best.summary.median)}, of {best.title}{tied}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per run: variant, seed, accuracy."""
        import pandas as pd

        frames = (
            pd.DataFrame({"variant": strip.name, "seed": strip.seeds, "accuracy": strip.accuracy})
            for strip in self.strips
        )
        return pd.concat(frames, ignore_index=True)

    def draw(self, figure: Figure) -> None:
        """Draw one strip per variant, the first at the top."""
        ax = figure.subplots()
        for row, strip in enumerate(self.strips):
            draw_strip(strip, ax, row)
        room = palette.beside(ax, 24)
        palette.name_rows(ax, [palette.fit(strip.title, room, 3) for strip in self.strips])
        ax.set(xlabel="Accuracy on the training points", xlim=(min(0.4, ax.get_xlim()[0]), 1.02))
        ax.set_ylim(len(self.strips) - 0.5, -0.5)
        handles, labels = ax.get_legend_handles_labels()
        named = dict(zip(labels, handles, strict=True))  # the strips have the same marks
        add_legends(figure, Legend(list(named.values()), "upper right", 4))


def draw_strip(strip: Strip, ax: Axes, row: int) -> None:
    """Draw the runs of one variant around the height ``row``."""
    ax.axhline(row, color=palette.PALE, lw=0.6, zorder=1)
    heights = row + 0.38 * stack(strip.accuracy)
    (runs,) = ax.plot(strip.accuracy, heights, "o", ms=3, mew=0, color=palette.GREY, label="a run")
    runs.set_rasterized(True)
    ax.plot(strip.summary.median, row, "|", ms=15, mew=1.8, color=palette.DARK, label="median")
    accuracy, seed = strip.accuracy[strip.ringed], strip.seeds[strip.ringed]
    (ring,) = ax.plot(accuracy, row, "o", ms=7, mew=1.4, mec=palette.ACCENT, label=f"seed {seed}")
    ring.set_markerfacecolor("none")
    if strip.published is not None:
        colour = palette.POINT_COLOURS[0]
        ax.plot(strip.published, row, "D", ms=5.5, mec="white", color=colour, label="tutorial")


def stack(values: Floats) -> Floats:
    """Return offsets in [−1, 1] that part equal or nearly equal values, symmetric about 0.

    Values in one of ``BINS`` equal bins between 0 and 1 share a stack. All stacks have one spacing:
    at most ``SPACING``, and less where the fullest stack would not fit.
    """
    bins = np.floor(values * BINS)
    offsets = np.zeros(len(values))
    for members in (np.flatnonzero(bins == number) for number in np.unique(bins)):
        offsets[members] = np.arange(len(members)) - (len(members) - 1) / 2
    return offsets * min(SPACING, 1 / max(1.0, float(np.abs(offsets).max())))


def _strip(study: Study, variant: Variant) -> Strip:
    runs = study.runs[variant.name]
    published = published_on(study.experiment.dataset, variant)
    return Strip(
        variant.name,
        variant.short_title,
        runs.seeds,
        runs.accuracy,
        study.reference_row(variant),
        published.accuracy if published else None,
    )

"""Wiring: points without a gradient over the epochs, and what the repair of a variant changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis import statistics
from circles.analysis.statistics import Band, band
from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.numbers import as_accuracy, as_count, as_percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.gradients import GradientPath
    from circles.analysis.study import Study
    from circles.analysis.summary import RunsSummary
    from circles.experiment.spec import Variant

Floats = NDArray[np.floating]

MOST_PAIRS = 3
MOST_PLACES = 80  # along a line: more would swell the file


@dataclass(frozen=True)
class LineStyle:
    """How the lines of a variant look."""

    colour: str
    style: str
    role: str


LOOKS = (
    LineStyle(palette.POINT_COLOURS[1], "-", "as wired"),
    LineStyle(palette.POINT_COLOURS[0], "--", "repaired"),
)


@dataclass(frozen=True)
class GradientCurve:
    """What one variant's training came to, epoch by epoch."""

    path: GradientPath  # of the reference run
    accuracy: Floats  # (K,) of the reference run, at the epochs of ``path``
    spread: Band  # of the accuracy of all runs, at the same epochs
    ends: RunsSummary

    @property
    def variant(self) -> Variant:
        """Which variant it is."""
        return self.path.variant


@dataclass(frozen=True)
class WiringPicture:
    """Broken variants beside their repairs: zero gradients on the left, accuracy on the right."""

    seed: int
    shown: tuple[tuple[GradientCurve, GradientCurve], ...]  # (broken, repaired)
    pairs: int  # how many there are

    @classmethod
    def of(cls, study: Study) -> WiringPicture:
        """Return the picture of the first pairs of a broken variant and its repair."""
        shown = tuple(
            (_course(study, broken), _course(study, repaired))
            for broken, repaired in study.pairs[:MOST_PAIRS]
        )
        return cls(study.reference_seed, shown, len(study.pairs))

    @property
    def size(self) -> tuple[float, float]:
        """As wide as the page, with a row for each pair."""
        return 7.0, 0.6 + 1.75 * len(self.shown)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        middle = as_percent(statistics.MIDDLE, 0)
        text = " ".join(_compare(*pair) for pair in self.shown)
        if self.pairs > len(self.shown):
            text += f" These are the first {len(self.shown)} of {self.pairs} such pairs."
        return (
            "Left: the share of the training points with zero gradient at the output, in single "
            f"precision as in training, epoch by epoch, in the run under seed {self.seed}. Right: "
            f"the accuracy of that run as a line, and the middle {middle} of all runs as a band. "
            f"Solid is a variant as it is wired, dashed is its repair. {text}"
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        count = len(self.shown)
        text = " ".join(_describe(course) for pair in self.shown for course in pair)
        return f"Line charts over the epochs in {count} row{'' if count == 1 else 's'}. {text}"

    def frame(self) -> pd.DataFrame:
        """Return one row per variant and epoch that was kept; a shared repair is there once."""
        import pandas as pd

        courses = {one.variant.name: one for pair in self.shown for one in pair}
        frames = (
            pd.DataFrame(
                {
                    "variant": name,
                    "epoch": one.path.epochs,
                    "zero_gradient": one.path.share,
                    "accuracy": one.accuracy,
                    "accuracy_median": one.spread.median,
                    "accuracy_low": one.spread.low,
                    "accuracy_high": one.spread.high,
                }
            )
            for name, one in courses.items()
        )
        return pd.concat(frames, ignore_index=True)

    def draw(self, figure: Figure) -> None:
        """Draw a row for each pair."""
        axes = figure.subplots(len(self.shown), 2, squeeze=False)
        for (left, right), pair in zip(axes, self.shown, strict=True):
            for course, look in zip(pair, LOOKS, strict=True):
                _draw_course(course, look, left, right)
            left.set(ylabel="Share without gradient", ylim=(-0.05, 1.05))
            right.set(ylabel="Accuracy", ylim=(-0.05, 1.05))
            left.legend(loc="lower left", bbox_to_anchor=(0, 1.02))
        for ax in axes[-1]:
            ax.set_xlabel("Epoch")


def _course(study: Study, variant: Variant) -> GradientCurve:
    runs, path = study.runs[variant.name], study.gradient_paths[variant.name]
    return GradientCurve(
        path=path,
        accuracy=runs.reference_accuracy[path.epochs - 1],
        spread=band(runs.history_accuracy),
        ends=study.summaries[variant.name],
    )


def _draw_course(course: GradientCurve, look: LineStyle, left: Axes, right: Axes) -> None:
    """Draw the share without a gradient on the left and the accuracies on the right."""
    chosen = np.linspace(0, len(course.path.epochs) - 1, MOST_PLACES).round().astype(int)
    shown = np.unique(chosen)  # all, where there are few
    epochs, spread = course.path.epochs[shown], course.spread
    label = f"{look.role}: {palette.fit(course.variant.title, 44, 1)}"
    left.plot(epochs, course.path.share[shown], look.style, color=look.colour, label=label)
    low, high = spread.low[shown], spread.high[shown]
    right.fill_between(epochs, low, high, color=look.colour, lw=0, alpha=0.18)
    right.plot(epochs, course.accuracy[shown], look.style, color=look.colour)


def _compare(broken: GradientCurve, repaired: GradientCurve) -> str:
    """Return a sentence with the repair of a variant, and what both end at."""
    first, second = (as_percent(one.path.share[-1]) for one in (broken, repaired))
    before, after = (as_accuracy(one.ends.accuracy.median) for one in (broken, repaired))
    return (
        f"*{escape(broken.variant.title)}* ends with {first} of the points without a gradient and "
        f"a median accuracy of {before}; repaired, as *{escape(repaired.variant.title)}*, with "
        f"{second} and {after}."
    )


def _describe(course: GradientCurve) -> str:
    """Return a sentence with where the lines of a variant begin and end."""
    first, last = (as_percent(share) for share in course.path.share[[0, -1]])
    count, runs = as_count(course.ends.exact.successes), as_count(course.ends.exact.trials)
    return (
        f"{course.variant.title}: {first} of the points have zero gradient after the first epoch "
        f"and {last} at the end; the accuracy of the run goes from "
        f"{as_accuracy(course.accuracy[0])} to {as_accuracy(course.accuracy[-1])}; {count} of "
        f"{runs} runs are exact."
    )

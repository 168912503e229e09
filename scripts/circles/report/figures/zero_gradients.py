"""Points without a gradient over the epochs, and what the repair of a variant changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.analysis import statistics
from circles.analysis.statistics import Band, band
from circles.report.figures import palette
from circles.report.numbers import as_percent

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
    LineStyle(palette.POINT_COLOURS[0], "-", "as it is"),
    LineStyle(palette.POINT_COLOURS[1], "--", "repaired"),
)


@dataclass(frozen=True)
class GradientCurve:
    """What one variant's training came to, epoch by epoch."""

    path: GradientPath  # of the reference run
    accuracy: Floats  # (K,) of the reference run, at the epochs of ``path``
    spread: Band  # of the accuracy of all runs, at those of these epochs that were kept of all
    ends: RunsSummary

    @property
    def variant(self) -> Variant:
        """Which variant it is."""
        return self.path.variant


@dataclass(frozen=True)
class ZeroGradientPicture:
    """Broken variants beside their repairs: zero gradients on the left, accuracy on the right."""

    seed: int
    shown: tuple[tuple[GradientCurve, GradientCurve], ...]  # (broken, repaired)
    pairs: int  # how many there are

    @classmethod
    def of(cls, study: Study) -> ZeroGradientPicture:
        """Return the picture of the first pairs of a broken variant and its repair."""
        shown = tuple(
            (_curve_of(study, broken), _curve_of(study, repaired))
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
        return (
            "The share of points with zero gradient, and the accuracy, over the epochs: solid for "
            f"the variant, dashed for its repair. Lines are the run under seed {self.seed}, "
            f"bands on the right the middle {as_percent(statistics.MIDDLE, 0)} of all runs."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        return f"Line charts over the epochs. {' '.join(_compare(*pair) for pair in self.shown)}"

    def frame(self) -> pd.DataFrame:
        """Return one row per variant and epoch that was kept; a shared repair is there once."""
        import pandas as pd

        curves = {one.variant.name: one for pair in self.shown for one in pair}
        frames = (
            pd.DataFrame(
                {
                    "variant": name,
                    "epoch": one.path.epochs,
                    "zero_gradient": one.path.share,
                    "accuracy": one.accuracy,
                }
            ).join(  # which has no last row where the run was stopped between two kept epochs
                pd.DataFrame(
                    {
                        "accuracy_median": one.spread.median,
                        "accuracy_low": one.spread.low,
                        "accuracy_high": one.spread.high,
                    }
                )
            )
            for name, one in curves.items()
        )
        return pd.concat(frames, ignore_index=True)

    def draw(self, figure: Figure) -> None:
        """Draw a row for each pair."""
        axes = figure.subplots(len(self.shown), 2, squeeze=False)
        for (left, right), pair in zip(axes, self.shown, strict=True):
            for curve, look in zip(pair, LOOKS, strict=True):
                _draw_curve(curve, look, left, right)
            left.set(ylabel="Zero gradient", ylim=(-0.05, 1.05))
            right.set(ylabel="Accuracy", ylim=(-0.05, 1.05))
            left.legend(loc="lower left", bbox_to_anchor=(0, 1.02))
        for ax in axes.flat:
            ax.locator_params(axis="x", integer=True)  # epochs are whole
        for ax in axes[-1]:
            ax.set_xlabel("Epoch")


def _curve_of(study: Study, variant: Variant) -> GradientCurve:
    runs, path = study.runs[variant.name], study.gradient_paths[variant.name]
    kept = runs.history_epoch <= path.epochs[-1]
    return GradientCurve(
        path=path,
        accuracy=runs.reference_accuracy[path.epochs - 1],
        spread=band(runs.history_accuracy[:, kept]),
        ends=study.summaries[variant.name],
    )


def _draw_curve(curve: GradientCurve, look: LineStyle, left: Axes, right: Axes) -> None:
    """Draw the share without a gradient on the left and the accuracies on the right."""
    chosen = np.linspace(0, len(curve.path.epochs) - 1, MOST_PLACES).round().astype(int)
    shown = np.unique(chosen)  # all, where there are few
    epochs, spread = curve.path.epochs[shown], curve.spread
    of_all = shown[: np.searchsorted(shown, len(spread.low))]
    label = f"{look.role}: {palette.fit(curve.variant.short_title, 44, 1)}"
    left.plot(epochs, curve.path.share[shown], look.style, color=look.colour, label=label)
    low, high = spread.low[of_all], spread.high[of_all]
    right.fill_between(epochs[: len(of_all)], low, high, color=look.colour, lw=0, alpha=0.18)
    right.plot(epochs, curve.accuracy[shown], look.style, color=look.colour)


def _compare(broken: GradientCurve, repaired: GradientCurve) -> str:
    """Return a sentence with the cure of a variant, and what both end at."""
    first, second = (as_percent(one.path.share[-1]) for one in (broken, repaired))
    return (
        f"{broken.variant.short_title}: {first} of the points without a gradient at the end, "
        f"{second} when repaired."
    )

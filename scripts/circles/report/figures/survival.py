"""Epochs to the first with every answer right: the share of runs without one, over the epochs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from circles.analysis import statistics
from circles.report.figures import lines, palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import as_count, as_many, as_percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.analysis.survival import Survival
    from circles.experiment.spec import Variant

MARKS = 10  # along a curve, at most


@dataclass(frozen=True)
class SurvivalCurve:
    """The survival curve of one variant."""

    variant: Variant
    survival: Survival


@dataclass(frozen=True)
class SurvivalPicture:
    """The survival curves of the variants that have at least one run with a perfect epoch."""

    reaching: tuple[SurvivalCurve, ...]
    others: tuple[SurvivalCurve, ...]  # variants without such a run

    @classmethod
    def of(cls, study: Study) -> SurvivalPicture:
        """Return the picture of all variants of ``study``."""
        return cls.of_curves(
            SurvivalCurve(one, study.survivals[one.name]) for one in study.variants
        )

    @classmethod
    def of_curves(cls, curves: Iterable[SurvivalCurve]) -> SurvivalPicture:
        """Return the picture of ``curves``."""
        every = tuple(curves)
        reaching = tuple(one for one in every if one.survival.reached)
        return cls(reaching, tuple(one for one in every if not one.survival.reached))

    @property
    def shown(self) -> tuple[SurvivalCurve, ...]:
        """The curves that are drawn: as many as can be told apart."""
        return self.reaching[: lines.MOST_LINES]

    @property
    def size(self) -> tuple[float, float]:
        """As wide as the page, with a row of legend for each pair of curves."""
        return 7.0, 2.9 + 0.18 * ((len(self.shown) + 1) // 2)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        if not self.reaching:
            return "No run of any variant had an epoch with every answer right."
        censored = any(one.survival.reached < one.survival.runs for one in self.shown)
        cross = " A cross marks runs that were still without one when training ended."
        crosses = cross if censored else ""
        return (
            "The share of runs that have not yet had an epoch with every answer right "
            f"(Kaplan–Meier), with its {as_percent(statistics.CONFIDENCE, 0)} interval: the sooner "
            f"a curve falls, the sooner runs learn every point.{crosses}"
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        if not self.reaching:
            variants = as_many(len(self.others), "variant")
            return f"An empty chart: no run of {variants} had an all-right epoch."
        reached = ", ".join(
            f"{one.variant.short_title} {as_count(one.survival.reached)} of "
            f"{as_count(one.survival.runs)}"
            for one in self.shown
        )
        return (
            "Descending step curves over the epochs: the share of runs without an epoch in which "
            f"every answer was right. Runs that had one: {reached}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per variant and step of its curve, variants without a fall included."""
        import pandas as pd

        frames = (
            pd.DataFrame(
                {
                    "variant": one.variant.name,
                    "epoch": one.survival.epochs,
                    "remaining": one.survival.remaining,
                    "remaining_low": one.survival.low,
                    "remaining_high": one.survival.high,
                }
            )
            for one in (*self.reaching, *self.others)
        )
        return pd.concat(frames, ignore_index=True)

    def draw(self, figure: Figure) -> None:
        """Draw one step curve per variant that has one."""
        ax = figure.subplots()
        ax.set(xlabel="Epoch", ylabel="Runs without such an epoch so far", ylim=(-0.02, 1.04))
        ax.locator_params(axis="x", integer=True)
        if not self.reaching:
            ax.set_xticks([])
            ax.text(0.5, 0.5, "no run had such an epoch", ha="center", transform=ax.transAxes)
            return
        styles = lines.make_styles(len(self.shown), MARKS, names=False)
        for one, style in zip(self.shown, styles, strict=True):
            _draw_curve(one, style, ax)
        ax.set_xlim(0, None)
        handles, _ = ax.get_legend_handles_labels()
        add_legends(figure, Legend(handles))


def _draw_curve(one: SurvivalCurve, style: lines.Style, ax: Axes) -> None:
    """Draw one curve with its interval, and a cross where runs are censored."""
    curve = one.survival
    name = palette.in_legend(
        f"{palette.fit(one.variant.short_title, 40, 1)} ({curve.reached} of {curve.runs})"
    )
    ax.step(curve.epochs, curve.remaining, where="post", color=style.colour)
    (marks,) = ax.plot(curve.epochs, curve.remaining, style.marker, ms=4, color=style.colour)
    marks.set(label=name, markevery=math.ceil(len(curve.epochs) / MARKS))
    band = ax.fill_between(curve.epochs, curve.low, curve.high, step="post", lw=0, alpha=0.15)
    band.set_facecolor(style.colour)
    if curve.censored:
        ax.plot(curve.epochs[-1], curve.remaining[-1], "+", ms=11, mew=1.6, color=palette.DARK)

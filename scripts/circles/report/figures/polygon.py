"""The polygon bound: how many hidden ReLU units a ring needs, beside how often they find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.analysis import statistics
from circles.analysis.polygon import UNITS, RadiusGap, reach
from circles.report.figures import palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import as_count, as_decimal, as_percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.statistics import Rate
    from circles.analysis.study import Study


@dataclass(frozen=True)
class PolygonPicture:
    """The bound by width with the circles' own radii and the sample's, and measured exact rates."""

    nominal: RadiusGap
    sample: RadiusGap
    rates: tuple[tuple[int, Rate], ...]  # by width; empty if none were measured

    @classmethod
    def of(cls, study: Study) -> PolygonPicture:
        """Return the picture of the two circles of ``study``, with the rates of its widths."""
        return cls(*study.radius_gaps, study.width_rates)

    @property
    def size(self) -> tuple[float, float]:
        """Two panels side by side, or one."""
        return (7.0, 3.0) if self.rates else (4.2, 3.0)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        text = (
            "How near the regular polygon of 2n corners comes to the centre, cos(π/2n), by the "
            "number n of hidden ReLU units; more corners no convex region of them has. Where a dot "
            "is on or above a line, such a polygon fits between the circles that the line stands "
            f"for. {self._describe_fewest()}"
        )
        if self.rates:
            confidence = as_percent(statistics.CONFIDENCE, 0)
            text += f" Right: the share of exact runs, with Wilson's interval of {confidence}."
        return text

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        rates = ", ".join(
            f"{units}: {rate.successes} of {as_count(rate.trials)}" for units, rate in self.rates
        )
        text = f" Exact runs, by units: {rates}." if self.rates else ""
        radius_gaps = f"{as_decimal(self.nominal.ratio, 3)} and {as_decimal(self.sample.ratio, 3)}"
        return (
            f"Chart of cos(π/2n) for n from {UNITS[0]} to {UNITS[-1]}, from "
            f"{as_decimal(reach(UNITS[0]), 3)} to {as_decimal(reach(UNITS[-1]), 3)}, against the "
            f"ratios of the radii, {radius_gaps} in the sample. {self._describe_fewest()}{text}"
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per width: the bound, whether it fits, and the rate where measured."""
        import pandas as pd

        bound = [
            {
                "units": units,
                "corners": 2 * units,
                "reach": reach(units),
                "fits_circles": self.nominal.fits(units),
                "fits_sample": self.sample.fits(units),
            }
            for units in UNITS
        ]
        rates = [
            {
                "units": units,
                "runs": rate.trials,
                "exact_share": rate.share,
                **statistics.columns_of_rate("exact", rate),
            }
            for units, rate in self.rates
        ]
        if not rates:
            return pd.DataFrame(bound)
        return pd.DataFrame(bound).merge(pd.DataFrame(rates), on="units", how="outer")

    def draw(self, figure: Figure) -> None:
        """Draw the bound, and the exact rates beside it."""
        axes = figure.subplots(1, 2 if self.rates else 1, squeeze=False).ravel()
        _draw_bound(self.nominal, self.sample, axes[0])
        if self.rates:
            _draw_rates(self.rates, axes[1])
        for ax in axes:
            ax.set_xlabel("hidden ReLU units, n")
            ax.set_xticks(UNITS[::2])
        handles, _ = axes[0].get_legend_handles_labels()
        add_legends(figure, Legend(handles, columns=3))

    def _describe_fewest(self) -> str:
        nominal, sample = self.nominal.fewest_units, self.sample.fewest_units
        return (
            f"Between the circles without noise it fits from {_units(nominal)} on; between the "
            "farthest point of class 1 and the nearest of class 0, however they are turned, "
            f"from {_units(sample)} on."
        )


def _draw_bound(nominal: RadiusGap, sample: RadiusGap, ax: Axes) -> None:
    """Draw cos(π/2n) by n, and the two ratios that it has to reach."""
    reaches = [reach(units) for units in UNITS]
    ax.plot(UNITS, reaches, "o", ms=4.5, color=palette.ACCENT, label="cos(π/2n)")
    ax.axhline(nominal.ratio, color=palette.DARK, ls="-", label="circles without noise")
    ax.axhline(sample.ratio, color=palette.DARK, ls="--", label="this sample")
    ax.set_ylabel("inner radius / outer radius")


def _draw_rates(rates: tuple[tuple[int, Rate], ...], ax: Axes) -> None:
    """Draw the share of the runs that are exact, with its interval, by width."""
    units = np.array([width for width, _ in rates])
    share, low, high = np.array([(rate.share, rate.low, rate.high) for _, rate in rates]).T
    ax.vlines(units, low, high, color=palette.GREY, lw=1.2)
    ax.plot(units, share, "o", ms=4.5, color=palette.POINT_COLOURS[1])
    ax.set(ylabel="share of the runs that are exact", ylim=(-0.03, 1.03))


def _units(count: int | None) -> str:
    return f"more than {UNITS[-1]} units" if count is None else f"{count} units"

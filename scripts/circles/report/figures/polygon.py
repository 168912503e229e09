"""The polygon bound: how many hidden ReLU units a ring needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from circles.analysis.polygon import UNITS, RadiusGap, reach
from circles.report.figures import palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.numbers import as_decimal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from circles.analysis.study import Study


@dataclass(frozen=True)
class PolygonPicture:
    """The bound by width, with the circles' own radii and the sample's."""

    nominal: RadiusGap
    sample: RadiusGap
    size = 5.4, 3.0  # one panel

    @classmethod
    def of(cls, study: Study) -> PolygonPicture:
        """Return the picture of the two circles of ``study``."""
        return cls(*study.radius_gaps)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            "The regular polygon with its 2n corners on the outer circle: its sides are cos(π/2n) "
            f"from the centre, beside the ratio of the radii. {self._describe_fewest()}"
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        radius_gaps = f"{as_decimal(self.nominal.ratio, 3)} and {as_decimal(self.sample.ratio, 3)}"
        return (
            f"Chart of cos(π/2n) for n from {UNITS[0]} to {UNITS[-1]}, from "
            f"{as_decimal(reach(UNITS[0]), 3)} to {as_decimal(reach(UNITS[-1]), 3)}, against the "
            f"ratios of the radii, {radius_gaps} in the sample."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per width: the bound, and whether it fits."""
        import pandas as pd

        rows = [
            {
                "units": units,
                "corners": 2 * units,
                "reach": reach(units),
                "fits_circles": self.nominal.fits(units),
                "fits_sample": self.sample.fits(units),
            }
            for units in UNITS
        ]
        return pd.DataFrame(rows)

    def draw(self, figure: Figure) -> None:
        """Draw cos(π/2n) by n, and the two ratios that it has to reach."""
        ax = figure.subplots()
        reaches = [reach(units) for units in UNITS]
        ax.axhline(self.nominal.ratio, color=palette.DARK, ls="-", label="circles without noise")
        ax.axhline(self.sample.ratio, color=palette.DARK, ls="--", label="this sample")
        ax.plot(UNITS, reaches, "o", ms=6, color=palette.ACCENT, label="cos(π/2n)")
        ax.set(ylabel="Inner / outer radius", xlabel="Hidden ReLU units, n")
        ax.set_xticks(UNITS[::2])
        handles, _ = ax.get_legend_handles_labels()
        add_legends(figure, Legend(handles, columns=3))

    def _describe_fewest(self) -> str:
        nominal, sample = self.nominal.fewest_units, self.sample.fewest_units
        return (
            f"It fits between the circles without noise from {_units(nominal)} on, and within the "
            f"gap of the sample, however it is turned, from {_units(sample)} on."
        )


def _units(count: int | None) -> str:
    return f"more than {UNITS[-1]} units" if count is None else f"{count} units"

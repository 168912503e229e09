"""The examples: the points of another problem, and the regions of each network that met it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.picture import small_panels
from circles.report.figures.regions import SMALL, BoundaryPicture, tabulate_shares
from circles.report.numbers import as_accuracy, as_count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.experiment.spec import Example
    from circles.experiment.split import Split

COLUMNS = 3  # panels in a row
MOST_SHOWN = 480  # points in a row of regions or more: the regions are what they show
MOST_POINTS = 800  # in the picture of the points


@dataclass(frozen=True)
class ExamplePicture:
    """The training points of one example, and beside them the regions of its variants."""

    title: str
    split: Split
    panels: tuple[BoundaryPicture, ...]
    held_out: tuple[float, ...]  # accuracy of each panel's run on the held-out points

    @classmethod
    def of(cls, example: Example, study: Study) -> ExamplePicture:
        """Return the picture of ``example``, one of those of ``study``."""
        found = study.examples[example.name]
        held_out = (
            found.runs[one.name].held_out_accuracy[found.runs[one.name].row(study.median_seed(one))]
            for one in example.variants
        )
        return cls(
            title=example.title,
            split=found.split,
            panels=tuple(
                BoundaryPicture.of(one, study, resolution=SMALL) for one in example.variants
            ),
            held_out=tuple(map(float, held_out)),
        )

    @property
    def columns(self) -> int:
        """How many panels stand in a row: up to four fill a square of two by two."""
        return 2 if len(self.panels) == 3 else min(COLUMNS, 1 + len(self.panels))

    @property
    def rows(self) -> int:
        """How many rows of panels there are."""
        return math.ceil((1 + len(self.panels)) / self.columns)

    @property
    def size(self) -> tuple[float, float]:
        """As wide as the page from three panels in a row on, and as high as the rows need."""
        side = 7.0 / COLUMNS
        grid = self.panels[0].grid
        height = palette.map_height(side, grid.xs, grid.ys)
        return side * self.columns, 0.4 + (height + 0.45) * self.rows

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            f"{escape(self.title)}: the training points, and what the median run of each network "
            "predicts, with the accuracy of that run."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        text = "; ".join(
            f"{panel.variant.short_title} {as_accuracy(held_out)}"
            for panel, held_out in zip(self.panels, self.held_out, strict=True)
        )
        return (
            f"Scatter plot of {as_count(len(self.split.X))} points, and beside it a map of the "
            f"plane for each network. Held-out accuracy: {text}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per variant and label: accuracies, and the label's share of the window."""
        import pandas as pd

        rows = [
            (panel.variant.name, panel.accuracy, held_out, *named)
            for panel, held_out in zip(self.panels, self.held_out, strict=True)
            for named in tabulate_shares(panel.grid, panel.split)
        ]
        columns = ["variant", "accuracy", "held_out_accuracy", "label", "share"]
        return pd.DataFrame(rows, columns=columns)

    def draw(self, figure: Figure) -> None:
        """Draw the points first, then a panel for each variant."""
        axes = small_panels(figure, 1 + len(self.panels), self.columns)
        self._draw_sample(axes[0])
        most = MOST_SHOWN // max(len(self.panels), COLUMNS)
        for ax, panel, held_out in zip(axes[1:], self.panels, self.held_out, strict=True):
            palette.draw_regions(panel.fine, self.split, ax)
            palette.draw_half(panel.fine, ax)
            palette.draw_points(self.split, ax, 2, most)
            accuracies = f"{as_accuracy(panel.accuracy)}\nheld out {as_accuracy(held_out)}"
            title = palette.fit(panel.variant.short_title, 26, 2)
            ax.set_title(f"{title}\naccuracy {accuracies}")
        handles = palette.point_handles(self.split)
        add_legends(figure, Legend(handles, columns=2 * self.columns))

    def _draw_sample(self, ax: Axes) -> None:
        """Draw the points in the window that the regions have."""
        grid = self.panels[0].grid
        palette.draw_points(self.split, ax, 2.4, MOST_POINTS)
        ax.set(aspect=palette.aspect_of(self.split), xlim=grid.xs[[0, -1]], ylim=grid.ys[[0, -1]])
        ax.set_title("The training points")

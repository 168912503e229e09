"""The data: every point of the training sample, by class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.writing.figures import ink
from circles.writing.numbers import as_count, as_decimal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.experiment.data import Split


@dataclass(frozen=True)
class SamplePicture:
    """The training sample as points in the plane."""

    split: Split

    @classmethod
    def of(cls, study: Study) -> SamplePicture:
        """Return the picture of the study's training sample."""
        return cls(study.split)

    @property
    def size(self) -> tuple[float, float]:
        """A square."""
        return 4.2, 4.2

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        count = len(self.split.X)
        sample = "The training sample"
        if count > ink.MOST_POINTS:
            sample += f" ({as_count(ink.MOST_POINTS)} of its {as_count(count)} points)"
        return (
            f"{sample}. Class 1 is the inner ring. Try to lay a ruler so that each side of it "
            "holds one class."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        classes = (_describe(label, self.split) for label in (0, 1))
        return f"Scatter plot of {as_count(len(self.split.X))} points. {' '.join(classes)}"

    def frame(self) -> pd.DataFrame:
        """Return one row per point: X0, X1, label."""
        import pandas as pd

        X0, X1 = self.split.X.T
        return pd.DataFrame({"X0": X0, "X1": X1, "label": self.split.y})

    def draw(self, figure: Figure) -> None:
        """Draw the points and name the classes."""
        draw_sample(self.split, figure.subplots())


def draw_sample(split: Split, ax: Axes) -> None:
    """Draw the points of ``split`` on ``ax``, each class named beside its mark."""
    ink.draw_points(split, ax, size=3.6)
    ax.set(aspect="equal", xlabel="X0", ylabel="X1")
    ax.legend(handles=ink.point_handles(), loc="lower right", bbox_to_anchor=(1, 1), ncols=2)


def _describe(label: int, split: Split) -> str:
    radii = np.linalg.norm(split.X[split.y == label], axis=1)
    low, mean, high = (as_decimal(value, 2) for value in (radii.min(), radii.mean(), radii.max()))
    return (
        f"Class {label}: {as_count(len(radii))} points, at a distance of {mean} from the origin on "
        f"average, between {low} and {high}."
    )

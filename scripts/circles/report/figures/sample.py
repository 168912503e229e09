"""The data: every point of the training sample, by class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from circles.common.text import listed
from circles.report.figures import palette
from circles.report.figures.labels import choose_brief, name_cells, name_points, number_labels
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.plane import COLUMNS, describe_mean, label_plane, name_columns
from circles.report.numbers import as_count, as_decimal, as_many

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.experiment.split import Split

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class SamplePicture:
    """The training sample as points in the plane."""

    split: Split
    circles: bool  # class 1 lies on the inner one of two circles

    @classmethod
    def of(cls, study: Study) -> SamplePicture:
        """Return the picture of the study's training sample."""
        return cls(study.split, study.experiment.dataset.kind == "circles")

    @property
    def size(self) -> tuple[float, float]:
        """As high as the points need, with the axis and the legend."""
        return 4.2, palette.map_height(3.5, *self.split.X.T) + 0.7

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        count, problem = len(self.split.X), self.split.kind_of_problem
        text = "The training sample"
        if count > palette.MOST_POINTS:
            text += f" ({as_count(palette.MOST_POINTS)} of its {as_count(count)} points)"
        if self.circles:
            text += ", class 1 on the inner ring"
        if problem == "binary":
            return f"{text}. Try to lay a ruler so that each side of it holds one class."
        if problem == "multilabel":
            return f"{text}. Each point has two labels, and may have either, both or neither."
        return f"{text}. Each of its {self.split.label_count} classes has a colour and a shape."

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        numbers = number_labels(self.split.y)
        chosen = {name: numbers == number for number, name in name_points(self.split).items()}
        head = f"Scatter plot of {as_count(len(self.split.X))} points"
        whole = " ".join([f"{head}.", *(self._describe(*one) for one in chosen.items())])
        counts = [f"{name} {as_count(int(one.sum()))}" for name, one in chosen.items()]
        return choose_brief(whole, f"{head}, of {listed(counts)}.")

    def frame(self) -> pd.DataFrame:
        """Return one row per point: its features and its label, or all of its labels."""
        return tabulate_points(self.split)

    def draw(self, figure: Figure) -> None:
        """Draw the points and name the classes."""
        draw_sample(self.split, figure)

    def _describe(self, name: str, chosen: NDArray[np.bool_]) -> str:
        """Return a sentence with how many points of a class there are, and where."""
        X = self.split.X[chosen]
        head = f"{name if self.split.is_table else name.capitalize()}: {as_many(len(X), 'point')}"
        if not self.circles:
            mean = "their mean at" if len(X) > 1 else "at"
            return f"{head}, {mean} {describe_mean(chosen.astype(float), self.split)}."
        radii = np.linalg.norm(X, axis=1)
        low, mean, high = (as_decimal(each, 2) for each in (radii.min(), radii.mean(), radii.max()))
        return (
            f"{head}, at a distance of {mean} from the origin on average, between {low} and {high}."
        )


def tabulate_points(split: Split) -> pd.DataFrame:
    """Return one row per training point: its features and its label, or all of its labels."""
    import pandas as pd

    return name_columns(pd.DataFrame(columns_of(split)), split, labelled=True)


def columns_of(split: Split) -> dict[str, Any]:
    """Return the features x1 and x2 and the labels of the training points, as their file has them.

    The names are for ``name_columns`` to change.
    """
    features = [_as_typed(values) if split.is_table else values for values in split.points.T]
    named = dict(zip(COLUMNS, features, strict=True))
    if split.y.ndim == 1:
        return named | {"label": np.array(name_cells(split.y, split))}
    labels = {f"label {column}": values for column, values in enumerate(split.y.T, start=1)}
    return named | labels


def _as_typed(values: Floats) -> NDArray[Any]:
    """Return a feature with the digits that its file gave it, none of them rounded away."""
    whole = (values == np.round(values)).all() and np.abs(values).max() < 2**53
    return values.astype(np.int64 if whole else object)


def draw_sample(split: Split, figure: Figure) -> None:
    """Draw the points of ``split`` on ``figure``, each class named beside its mark."""
    ax = figure.subplots()
    palette.draw_points(split, ax, size=3.6)
    ax.set(aspect=palette.aspect_of(split))
    label_plane(split, ax)
    handles = palette.point_handles(split)
    columns = min(len(handles), 3 if split.y.ndim == 1 else 2)
    add_legends(figure, Legend(handles, "upper right", columns, ax=ax))

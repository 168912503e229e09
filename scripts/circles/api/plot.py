"""Figures of a result, on axes of one's own or by themselves: ``circles.plot.boundary(result)``.

As in scikit-learn, each function computes once, draws, and returns a display, which holds what was
computed, can draw it again on other axes, and shows itself in a notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from circles.common.errors import UsageError
from circles.report.figures import palette
from circles.report.figures.history import HistoryPicture, draw_curve
from circles.report.figures.picture import render
from circles.report.figures.plane import label_plane
from circles.report.figures.regions import BoundaryPicture
from circles.report.figures.sample import SamplePicture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from circles.analysis.study import Study
    from circles.api.experiments import TrainableVariant
    from circles.api.results import Result
    from circles.report.figures.picture import Picture

__all__ = [
    "BoundaryDisplay",
    "Display",
    "HistoryDisplay",
    "PointsDisplay",
    "boundary",
    "history",
    "points",
]

Measure = Literal["loss", "accuracy"]
SUFFIXES = (".svg", ".png")


@dataclass(frozen=True, eq=False, repr=False)
class Display:
    """A figure: what was computed for it, to be drawn, saved or read as numbers.

    As the last value of a cell it shows itself in a notebook.

    Attributes
    ----------
    picture : Picture
        What was computed.
    """

    picture: Picture

    @property
    def alt(self) -> str:
        """What was measured, in a few sentences: the text for who does not see the figure."""
        return self.picture.alt

    def frame(self) -> pd.DataFrame:
        """Return the numbers that are drawn, as a ``pandas.DataFrame``."""
        return self.picture.frame()

    def save(self, path: str | Path) -> None:
        """Save the figure as the report shows it; the same numbers give the same bytes.

        Parameters
        ----------
        path : str or Path
            A file that ends in ``.svg`` or ``.png``; one that is there is replaced.

        Raises
        ------
        UsageError
            If the name ends otherwise.
        OSError
            If the file cannot be written.
        """
        path = Path(path)
        if path.suffix not in SUFFIXES:
            raise UsageError(f"path: must end in {' or '.join(SUFFIXES)}. Received: {str(path)!r}")
        path.write_bytes(render(self.picture, path.suffix.removeprefix(".")))

    def __repr__(self) -> str:
        """Return what was measured, for where no figure can be shown."""
        return f"<{type(self).__name__}: {self.alt}>"

    def _repr_svg_(self) -> str:
        """Show the figure in a notebook."""
        return render(self.picture, "svg").decode()


@dataclass(frozen=True, eq=False, repr=False)
class BoundaryDisplay(Display):
    """The labels that a trained model predicts in the plane around the training points."""

    picture: BoundaryPicture

    def plot(self, ax: Axes) -> BoundaryDisplay:
        """Draw the regions, the training points over them and a legend on ``ax``; return itself."""
        picture = self.picture
        palette.draw_regions(picture.fine, picture.split, ax)
        palette.draw_half(picture.fine, ax)
        palette.draw_points(picture.split, ax, size=3)
        label_plane(picture.split, ax)
        ax.legend(handles=palette.point_handles(picture.split), loc="upper right")
        return self


@dataclass(frozen=True, eq=False, repr=False)
class HistoryDisplay(Display):
    """Loss and accuracy while a variant trained: one run, and the middle of all runs."""

    picture: HistoryPicture

    def plot(self, ax: Axes, measure: Measure = "loss") -> HistoryDisplay:
        """Draw a measure over the epochs on ``ax``, and return itself.

        Parameters
        ----------
        ax : matplotlib.axes.Axes
            Where to draw.
        measure : "loss" or "accuracy"
            The loss is drawn on a logarithmic scale.

        Raises
        ------
        UsageError
            If the measure is another.
        """
        _check_measure(measure)
        picture = self.picture
        label = f"seed {picture.reference_seed}"
        draw_curve(getattr(picture, measure), ax, label=label, spread=picture.seeds > 1)
        ax.set(ylabel=measure.capitalize(), yscale="log" if measure == "loss" else "linear")
        ax.legend()
        return self


@dataclass(frozen=True, eq=False, repr=False)
class PointsDisplay(Display):
    """The training points by label."""

    picture: SamplePicture

    def plot(self, ax: Axes) -> PointsDisplay:
        """Draw the points and a legend on ``ax``, and return itself."""
        split = self.picture.split
        palette.draw_points(split, ax, size=3.6)
        ax.set(aspect=palette.aspect_of(split))
        label_plane(split, ax)
        ax.legend(handles=palette.point_handles(split), loc="upper right")
        return self


def boundary(result: Result, seed: int | None = None, ax: Axes | None = None) -> BoundaryDisplay:
    """Show the labels that one run predicts in the plane: its decision boundary.

    Parameters
    ----------
    result : Result
        What ``circles.train`` returned for a variant.
    seed : int, optional
        Which run; by default the one in the middle, by its held-out accuracy.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Without it nothing is drawn until the display is shown or saved.

    Returns
    -------
    BoundaryDisplay
        The figure, which shows itself in a notebook.

    Raises
    ------
    KeyError
        If the seed was not run.
    UsageError
        If the result is none.

    Examples
    --------
    >>> result = circles.train(circles.load("circles.toml")["sigmoid-output"], seeds=2)
    >>> circles.plot.boundary(result, seed=0).save("boundary.svg")
    """
    study = _study_of(result)
    if seed is not None:
        result.runs.row(seed)
    display = BoundaryDisplay(BoundaryPicture.of(result.variant, study, seed))
    return display if ax is None else display.plot(ax)


def history(result: Result, measure: Measure = "loss", ax: Axes | None = None) -> HistoryDisplay:
    """Show how loss and accuracy moved while a variant trained.

    Parameters
    ----------
    result : Result
        What ``circles.train`` returned for a variant.
    measure : "loss" or "accuracy"
        What to draw on ``ax``; the display itself shows both.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Without it nothing is drawn until the display is shown or saved.

    Returns
    -------
    HistoryDisplay
        The figure, which shows itself in a notebook.

    Raises
    ------
    UsageError
        If the measure is another, or the result none.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> result = circles.train(circles.load("circles.toml")["sigmoid-output"], seeds=2)
    >>> display = circles.plot.history(result, "accuracy", ax=ax)
    >>> ax.get_ylabel()
    'Accuracy'
    """
    _check_measure(measure)
    study = _study_of(result)
    display = HistoryDisplay(HistoryPicture.of(result.variant, study))
    return display if ax is None else display.plot(ax, measure)


def points(trainable: TrainableVariant | Result, ax: Axes | None = None) -> PointsDisplay:
    """Show the training points by label.

    Parameters
    ----------
    trainable : TrainableVariant or Result
        Whose points.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Without it nothing is drawn until the display is shown or saved.

    Returns
    -------
    PointsDisplay
        The figure, which shows itself in a notebook.

    Raises
    ------
    UsageError
        If it is neither.

    Examples
    --------
    >>> display = circles.plot.points(circles.load("circles.toml")["sigmoid-output"])
    >>> len(display.frame())
    1000
    """
    if not hasattr(trainable, "split"):
        raise UsageError(f"points: must be a variant or a result. Received: {trainable!r}")
    is_circles = trainable.dataset.kind == "circles"
    display = PointsDisplay(SamplePicture(trainable.split, circles=is_circles))
    return display if ax is None else display.plot(ax)


def _study_of(result: Result) -> Study:
    """Return what the figures of a result are made of; refuse what is none."""
    if not hasattr(result, "study"):
        raise UsageError(
            f"result: must be what circles.train returned for one variant. Received: {result!r}"
        )
    return result.study()


def _check_measure(measure: str) -> None:
    if measure not in {"loss", "accuracy"}:
        raise UsageError(f"measure: must be 'loss' or 'accuracy'. Received: {measure!r}")


def __dir__() -> list[str]:
    return __all__

"""Figures of a result, on axes of one's own or by themselves: ``circles.plot.boundary(result)``.

As in scikit-learn, each function computes once, draws, and returns a display, which holds what was
computed, can draw it again on other axes, and shows itself in a notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from circles.api.experiments import TrainableVariant
from circles.api.results import Result, seed_of_run
from circles.common.errors import UsageError
from circles.common.text import brief
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
MEASURES: tuple[Measure, ...] = get_args(Measure)
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
            If that is no path, its folder is not there, or the name ends otherwise.
        OSError
            If the file cannot be written.
        """
        file = _read_path(path)
        file.write_bytes(render(self.picture, file.suffix.removeprefix(".")))

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
        _check_axes(ax)
        picture = self.picture
        palette.draw_regions(picture.fine, picture.split, ax)
        palette.draw_half(picture.fine, ax)
        palette.draw_points(picture.split, ax, size=3)
        label_plane(picture.split, ax)
        ax.legend(handles=palette.point_handles(picture.split), loc="upper right")
        return self


@dataclass(frozen=True, eq=False, repr=False)
class HistoryDisplay(Display):
    """Loss and accuracy while a variant trained: of the reference seed, and the middle of all."""

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
            If the measure is another, or ``ax`` no axes.
        """
        _check_measure(measure)
        _check_axes(ax)
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
        _check_axes(ax)
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
        If the result is none, the seed no seed, or ``ax`` no axes.

    Examples
    --------
    >>> result = circles.train(circles.load("circles.toml")["sigmoid-output"], seeds=2)
    >>> circles.plot.boundary(result, seed=0).save("boundary.svg")
    """
    study = _study_of(result)
    _check_axes(ax, may_lack=True)
    chosen = None if seed is None else seed_of_run(result, seed)
    display = BoundaryDisplay(BoundaryPicture.of(result.variant, study, chosen))
    return display if ax is None else display.plot(ax)


def history(result: Result, measure: Measure = "loss", ax: Axes | None = None) -> HistoryDisplay:
    """Show how loss and accuracy moved while a variant trained.

    The run is that of the reference seed, the only one whose every epoch is kept, and beside it is
    the middle of all runs.

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
        If the measure is another, the result none, or ``ax`` no axes.

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
    _check_axes(ax, may_lack=True)
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
        If it is neither, or ``ax`` no axes.

    Examples
    --------
    >>> display = circles.plot.points(circles.load("circles.toml")["sigmoid-output"])
    >>> len(display.frame())
    1000
    """
    if not isinstance(trainable, TrainableVariant | Result):
        raise UsageError(f"points: must be a variant or a result. Received: {brief(trainable)}")
    _check_axes(ax, may_lack=True)
    is_circles = trainable.dataset.kind == "circles"
    display = PointsDisplay(SamplePicture(trainable.split, circles=is_circles))
    return display if ax is None else display.plot(ax)


def _study_of(result: object) -> Study:
    """Return what the figures of a result are made of; refuse what is none."""
    if not isinstance(result, Result):
        wanted = "what circles.train returned for one variant"
        raise UsageError(f"result: must be {wanted}. Received: {brief(result)}")
    return result.study()


def _check_measure(measure: object) -> None:
    if not isinstance(measure, str) or measure not in MEASURES:
        wanted = " or ".join(map(repr, MEASURES))
        raise UsageError(f"measure: must be {wanted}. Received: {brief(measure)}")


def _check_axes(ax: object, *, may_lack: bool = False) -> None:
    """Refuse what nothing can be drawn on, such as a figure, or all axes of one."""
    from matplotlib.axes import Axes

    is_flat = isinstance(ax, Axes) and ax.name == "rectilinear"  # neither polar nor in space
    if is_flat or (ax is None and may_lack):
        return
    wanted = "one flat Axes of Matplotlib, such as plt.gca() or figure.subplots()"
    raise UsageError(f"ax: must be {wanted}. Received: {brief(ax)}")


def _read_path(path: object) -> Path:
    """Return the path of a picture; refuse what is none."""
    wanted = f"the path of a file that ends in {' or '.join(SUFFIXES)}"
    refused = UsageError(f"path: must be {wanted}. Received: {brief(path)}")
    try:
        file = Path(path)  # type: ignore[arg-type]
    except TypeError:
        raise refused from None
    if file.suffix not in SUFFIXES or "\0" in str(file):
        raise refused
    if not file.parent.is_dir():
        raise UsageError(f"path: must be in a folder that is there. Received: {brief(str(path))}")
    return file


def __dir__() -> list[str]:
    return __all__

"""Figures of a result, on axes of one's own or by themselves: ``circles.plot.boundary(result)``.

As in scikit-learn, each function computes once, draws, and returns a display, which holds what was
computed, can draw it again on other axes, and shows itself in a notebook.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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

    from circles.api.experiments import TrainableVariant
    from circles.api.results import Result
    from circles.report.figures.picture import Picture

Measure = Literal["loss", "accuracy"]
SUFFIXES = (".svg", ".png")


@dataclass(frozen=True)
class Display:
    """A figure: what was computed for it, to be drawn, saved or read as numbers.

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
        """Return the numbers that are drawn."""
        return self.picture.frame()

    def save(self, path: str | Path) -> None:
        """Save the figure as the report has it, as .svg or .png; same numbers, same bytes."""
        path = Path(path)
        if path.suffix not in SUFFIXES:
            raise UsageError(f"path: must end in {' or '.join(SUFFIXES)}. Received: {str(path)!r}")
        path.write_bytes(render(self.picture, path.suffix.removeprefix(".")))

    def _repr_svg_(self) -> str:
        """Show the figure in a notebook."""
        return render(self.picture, "svg").decode()


@dataclass(frozen=True)
class BoundaryDisplay(Display):
    """What a trained model answers in the plane around the training points."""

    picture: BoundaryPicture

    def plot(self, ax: Axes) -> BoundaryDisplay:
        """Draw the regions, the training points over them and a legend on ``ax``."""
        picture = self.picture
        palette.draw_regions(picture.fine, picture.split, ax)
        palette.draw_half(picture.fine, ax)
        palette.draw_points(picture.split, ax, size=3)
        label_plane(picture.split, ax)
        ax.legend(handles=palette.point_handles(picture.split), loc="upper right")
        return self


@dataclass(frozen=True)
class HistoryDisplay(Display):
    """Loss and accuracy while a variant trained: one run, and the middle of all runs."""

    picture: HistoryPicture

    def plot(self, ax: Axes, measure: Measure = "loss") -> HistoryDisplay:
        """Draw ``measure``, "loss" or "accuracy", over the epochs on ``ax``."""
        if measure not in {"loss", "accuracy"}:
            raise UsageError(f"measure: must be 'loss' or 'accuracy'. Received: {measure!r}")
        picture = self.picture
        label = f"seed {picture.reference_seed}"
        draw_curve(getattr(picture, measure), ax, label=label, spread=picture.seeds > 1)
        ax.set(ylabel=measure.capitalize(), yscale="log" if measure == "loss" else "linear")
        ax.legend()
        return self


@dataclass(frozen=True)
class PointsDisplay(Display):
    """The training points by label."""

    picture: SamplePicture

    def plot(self, ax: Axes) -> PointsDisplay:
        """Draw the points on ``ax``."""
        split = self.picture.split
        palette.draw_points(split, ax, size=3.6)
        ax.set(aspect=palette.aspect_of(split))
        label_plane(split, ax)
        ax.legend(handles=palette.point_handles(split), loc="upper right")
        return self


def boundary(result: Result, seed: int | None = None, ax: Axes | None = None) -> BoundaryDisplay:
    """Show what one run answers in the plane.

    Parameters
    ----------
    result : Result
        What ``circles.train`` returned for a variant.
    seed : int, optional
        Which run; by default the reference seed's.
    ax : matplotlib.axes.Axes, optional
        Where to draw. Without it nothing is drawn until the display is shown or saved.

    Raises
    ------
    KeyError
        If the seed was not run.
    """
    study = result.study()
    if seed is not None:
        result.runs.row(seed)
        experiment = study.experiment.model_copy(update={"reference_seed": seed})
        study = replace(study, experiment=experiment)
    display = BoundaryDisplay(BoundaryPicture.of(result.variant, study))
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
    """
    display = HistoryDisplay(HistoryPicture.of(result.variant, result.study()))
    return display if ax is None else display.plot(ax, measure)


def points(trainable: TrainableVariant | Result, ax: Axes | None = None) -> PointsDisplay:
    """Show the training points by label, on ``ax`` if it is given."""
    circles = trainable.split.class_names == () and trainable.split.kind_of_problem == "binary"
    display = PointsDisplay(SamplePicture(trainable.split, circles=circles))
    return display if ax is None else display.plot(ax)

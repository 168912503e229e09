"""The activation functions of the tutorial, and their derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circles.experiment.activations import ACTIVATIONS
from circles.report.figures import palette
from circles.report.numbers import as_decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.study import Study

Floats = NDArray[np.float64]

NAMES = {
    "linear": "linear",
    "sigmoid": "sigmoid",
    "relu": "ReLU",
}  # the tutorial's, and how they are written
INPUTS = np.arange(-10.0, 10.0)  # the tutorial's input line


@dataclass(frozen=True)
class ActivationsPicture:
    """Three activation functions and their derivatives at the tutorial's inputs."""

    names: tuple[str, ...] = tuple(NAMES)
    size = 7.0, 4.0  # a row of functions over a row of derivatives

    @classmethod
    def of(cls, _study: Study) -> ActivationsPicture:
        """Return the picture: it is the same for every study."""
        return cls()

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            "The activation functions, each with its slope; dots are the tutorial's inputs. "
            "A straight line has the same slope everywhere, and a bend is where the slope changes."
        )

    @property
    def alt(self) -> str:
        """What was computed, in plain text."""
        return "Line charts over inputs from −10 to 9. " + " ".join(map(_describe, self.names))

    def frame(self) -> pd.DataFrame:
        """Return one row per input: x, then each function and its derivative."""
        import pandas as pd

        columns = {"x": INPUTS}
        for name in self.names:
            columns[name] = ACTIVATIONS[name].function(INPUTS)
            columns[f"{name}_derivative"] = ACTIVATIONS[name].derivative(INPUTS)
        return pd.DataFrame(columns)

    def draw(self, figure: Figure) -> None:
        """Draw each function over its derivative."""
        axes = figure.subplots(2, len(self.names), sharex=True)
        figure.supxlabel("x", fontsize="medium")
        for name, (top, bottom) in zip(self.names, axes.T, strict=True):
            draw_function(ACTIVATIONS[name].function, top)
            draw_function(ACTIVATIONS[name].derivative, bottom)
            top.set_title(NAMES[name])
            bottom.set(ylim=(-0.05, 1.1), title=f"derivative of {NAMES[name]}")


def draw_function(function: Callable[[Floats], Floats], ax: Axes) -> None:
    """Draw ``function`` as a line through its dots at ``INPUTS``."""
    x = np.linspace(INPUTS[0], INPUTS[-1], 381)  # steps of 1/20: the kink at 0 is on the line
    ax.plot(x, function(x), color=palette.ACCENT, zorder=2)
    ax.plot(INPUTS, function(INPUTS), "o", ms=3, color=palette.DARK, zorder=3)
    ax.axhline(0, color=palette.PALE, lw=0.8, zorder=1)


def _describe(name: str) -> str:
    values, slopes = (
        [as_decimal(float(value), 4) for value in function(INPUTS[[0, -1]])]
        for function in (ACTIVATIONS[name].function, ACTIVATIONS[name].derivative)
    )
    return (
        f"{NAMES[name]}: from {values[0]} to {values[1]}, slope {slopes[0]} at the left end and "
        f"{slopes[1]} at the right."
    )

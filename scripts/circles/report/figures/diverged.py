"""In place of a figure: what to say of a run whose numbers are not finite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from circles.report.escape import escape
from circles.report.figures import palette
from circles.report.numbers import as_all, as_count

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.figure import Figure

    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.report.figures.picture import Picture
    from circles.training.runs import Runs


@dataclass(frozen=True)
class DivergedPicture:
    """A sentence, since a network without numbers has nothing to draw."""

    variant: Variant
    seed: int
    size = 4.6, 0.8  # room for two lines

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return f"{escape(self.variant.title)}, seed {self.seed}. {self._reason}"

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        return f"An empty frame. {self._reason}"

    def frame(self) -> pd.DataFrame:
        """Return the run that diverged as the only row."""
        import pandas as pd

        return pd.DataFrame([{"variant": self.variant.name, "seed": self.seed, "diverged": True}])

    def draw(self, figure: Figure) -> None:
        """Write the sentence."""
        figure.text(
            0.5, 0.5, palette.fit(self._reason, 60, 2), ha="center", va="center", color=palette.DARK
        )

    @property
    def _reason(self) -> str:
        return "The run diverged: its weights are not finite, so there is nothing to draw."


def unless_diverged(
    draw: Callable[[Variant, Study, int], Picture], variant: Variant, study: Study, seed: int
) -> Picture:
    """Return what ``draw`` makes of the run of ``variant`` under ``seed``, if its weights allow."""
    finite = all(np.isfinite(array).all() for array in study.runs_of(variant).weights_of(seed))
    return draw(variant, study, seed) if finite else DivergedPicture(variant, seed)


def picture_of_run(
    make: Callable[[Variant, Study, int], Picture],
    seed: Callable[[Study, Variant], int],
    variant: Variant,
    study: Study,
) -> Picture:
    """Return the picture of the run of ``variant`` that ``seed`` chooses, or that it diverged."""
    return unless_diverged(make, variant, study, seed(study, variant))


def name_run(study: Study, variant: Variant, seed: int) -> str:
    """Return which run of the variant is the one under ``seed``: ``the median run (seed 7)``.

    Of a run that is neither the best nor the median it says how many are no better on new points.
    """
    if len(study.runs_of(variant).seeds) == 1:
        return f"the only run (seed {seed})"
    best, middle = study.best_seed(variant), study.median_seed(variant)
    if seed in {best, middle}:
        return f"{'the median' if seed == middle else 'the best'} run (seed {seed})"
    return f"the run under seed {seed}, {_place(study.runs_of(variant), seed)}"


def _place(runs: Runs, seed: int) -> str:
    """Return how the run under ``seed`` does on held-out points, beside one or more others."""
    row, held_out = runs.row(seed), runs.held_out_accuracy
    others = np.delete(held_out, row)
    no_better = int(np.count_nonzero(others <= held_out[row]))
    if no_better == len(others):
        what = "any other" if len(others) > 1 else "the other run"
        return f"no worse on held-out points than {what}"
    if no_better == 0:
        what = as_all(len(others), "others") if len(others) > 1 else "the other run"
        return f"worse on held-out points than {what}"
    place = f"{as_count(no_better)} of the {as_count(len(others))} others"
    return f"no worse on held-out points than {place}"

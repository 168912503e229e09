"""The outcomes: how the runs of every variant end, by share and in examples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from circles.analysis.boundary import decision_boundary
from circles.analysis.outcomes import OUTCOMES
from circles.report.figures import palette
from circles.report.figures.legends import Legend, add_legends
from circles.report.figures.picture import small_panels
from circles.report.figures.regions import SMALL, tabulate_shares
from circles.report.numbers import as_accuracy, as_count, as_many

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from circles.analysis.boundary import Boundary
    from circles.analysis.outcomes import Outcomes
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant
    from circles.experiment.split import Split


@dataclass(frozen=True)
class BarStyle:
    """How the bar of an outcome looks. Hatches tell apart what is alike in grey."""

    colour: str
    ink: str  # of words and hatches on it
    hatch: str = ""


# Blue is right, yellow and green do not close off a region, orange ran out of time or of ways, and
# without colour nothing was learned.
LOOKS = {
    "exact": BarStyle("#00548c", "#ffffff"),
    "invalid": BarStyle("#ffffff", palette.GREY, "xxx"),
    "diverged": BarStyle("#ffffff", palette.GREY, "++"),
    "dead-output": BarStyle("#4d4d4d", "#ffffff", "xx"),
    "linear": BarStyle("#f7ef8a", palette.DARK, "--"),
    "clipped": BarStyle("#a6a6a6", palette.DARK, "||"),
    "nearly": BarStyle("#6fb1de", palette.DARK),
    "open-region": BarStyle("#93c4b4", palette.DARK, "///"),
    "still-falling": BarStyle("#fbdcb0", palette.DARK),
    "stuck": BarStyle("#d98a3d", palette.DARK, "\\\\\\"),
}

NARROW = 0.045  # share of a bar from which on its number has room
MOST_SHOWN = 70  # points in a small picture: more would swell the file
COLUMNS = 4  # small pictures in a row


@dataclass(frozen=True)
class OutcomesPicture:
    """The share of each outcome among the runs of every variant."""

    shown: tuple[Outcomes, ...]
    variants: int  # how many there are

    @classmethod
    def of(cls, study: Study) -> OutcomesPicture:
        """Return the picture of the outcomes of all variants."""
        found = tuple(study.outcomes.values())
        return cls(found[: palette.MOST_VARIANTS], len(found))

    @property
    def names(self) -> list[str]:
        """The outcomes that occur, in the order of the rules."""
        return [name for name in OUTCOMES if any(name in one.counts for one in self.shown)]

    @property
    def size(self) -> tuple[float, float]:
        """As wide as the page, and as high as the bars and the legend need."""
        return 7.0, 0.7 + 0.22 * math.ceil(len(self.names) / 5) + 0.32 * len(self.shown)

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        described = palette.describe_variants(len(self.shown), self.variants)
        runs = sorted({len(one.names) for one in self.shown})
        each = as_many(runs[0], "run") if len(runs) == 1 else f"{runs[0]} to {runs[-1]} runs"
        of_which = "each" if self.variants > 1 else "in all"
        return (
            f"How the runs of {described} end, {each} {of_which}. A run counts under the first "
            "rule that fits it, in the order of the legend."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        totals = {name: sum(one.counts.get(name, 0) for one in self.shown) for name in self.names}
        described = ", ".join(
            f"{as_count(count)} {OUTCOMES[name].title.lower()}" for name, count in totals.items()
        )
        return (
            f"Stacked bars: how the runs of {as_many(len(self.shown), 'variant')} end. Of all "
            f"runs: {described}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per variant and outcome: runs, share with Wilson's interval, example."""
        import pandas as pd

        rows = []
        for one in self.shown:
            for name in self.names:
                rate = one.rate(name)
                rows.append(
                    {
                        "variant": one.variant.name,
                        "outcome": name,
                        "runs": rate.successes,
                        "of": rate.trials,
                        "share": rate.share,
                        "share_low": rate.low,
                        "share_high": rate.high,
                    }
                )
        return pd.DataFrame(rows)

    def draw(self, figure: Figure) -> None:
        """Draw one bar per variant, the first at the top."""
        from matplotlib.patches import Patch

        ax = figure.subplots()
        for row, one in enumerate(self.shown):
            _draw_bar(one, ax, row)
        room = palette.beside(ax, 24)
        names = [palette.fit(one.variant.short_title, room, 2) for one in self.shown]
        palette.name_rows(ax, names)
        ax.set(xlabel="Share of the runs", xlim=(0, 1), ylim=(len(self.shown) - 0.5, -0.5))
        handles = [
            Patch(
                fc=LOOKS[name].colour,
                ec=LOOKS[name].ink,
                hatch=LOOKS[name].hatch,
                lw=0.5,
                label=OUTCOMES[name].title,
            )
            for name in self.names
        ]
        add_legends(figure, Legend(handles, columns=5))


@dataclass(frozen=True)
class OutcomeExample:
    """A run that ended in one of the outcomes."""

    outcome: str
    variant: Variant
    seed: int
    accuracy: float
    boundary: Boundary


@dataclass(frozen=True)
class OutcomeExamplesPicture:
    """The regions of one run for each outcome that occurs."""

    split: Split
    examples: tuple[OutcomeExample, ...]

    @classmethod
    def of(cls, study: Study) -> OutcomeExamplesPicture:
        """Return the picture of an example of each outcome that occurs.

        It is taken from the variant that ends so most often.
        """
        found, examples = study.outcomes.values(), []
        for name in OUTCOMES:
            most = max(found, key=lambda one: one.names.count(name))
            if name in most.names:
                examples.append(_example(study, most, name))
        return cls(study.split, tuple(examples))

    @property
    def rows(self) -> int:
        """How many rows of small pictures there are."""
        return math.ceil(len(self.examples) / COLUMNS)

    @property
    def size(self) -> tuple[float, float]:
        """As wide as the page, and as high as the rows need."""
        return 7.0, (7.0 / COLUMNS + 0.45) * self.rows + 0.25

    @property
    def caption(self) -> str:
        """What to see, in Markdown."""
        return (
            "One run for each outcome that occurs, from the variant that most often ends so, with "
            "its seed and its accuracy. @tbl-outcome-rules has the rules."
        )

    @property
    def alt(self) -> str:
        """What was measured, in plain text."""
        described = ", ".join(
            f"{OUTCOMES[one.outcome].title.lower()} {as_accuracy(one.accuracy)}"
            for one in self.examples
        )
        return (
            f"{as_many(len(self.examples), 'map')} of the plane around the data. The accuracy of "
            f"{'each' if len(self.examples) > 1 else 'the'} run: {described}."
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per outcome and label: the run, and the label's share of the window."""
        import pandas as pd

        rows = [
            (one.outcome, one.variant.name, one.seed, one.accuracy, *named)
            for one in self.examples
            for named in tabulate_shares(one.boundary, self.split)
        ]
        columns = ["outcome", "variant", "seed", "accuracy", "label", "share"]
        return pd.DataFrame(rows, columns=columns)

    def draw(self, figure: Figure) -> None:
        """Draw the small pictures row by row."""
        axes = small_panels(figure, len(self.examples), COLUMNS)
        for ax, one in zip(axes, self.examples, strict=True):
            palette.draw_regions(one.boundary, self.split, ax)
            palette.draw_half(one.boundary, ax)
            palette.draw_points(self.split, ax, 2, MOST_SHOWN)
            name = palette.fit(one.variant.short_title, 22, 1)
            ended = f"seed {one.seed}: {as_accuracy(one.accuracy)}"
            ax.set_title(f"{OUTCOMES[one.outcome].title}\n{name}\n{ended}")
        add_legends(figure, Legend(palette.point_handles(self.split), columns=6))


def _draw_bar(outcomes: Outcomes, ax: Axes, row: int) -> None:
    """Draw the shares of one variant at the height ``row``, with their counts where they fit."""
    left = 0.0
    for name, count in outcomes.counts.items():
        share, look = count / len(outcomes.names), LOOKS[name]
        ax.barh(row, share, 0.72, left, fc=look.colour, ec=look.ink, hatch=look.hatch, lw=0.5)
        if share >= NARROW:
            plate = {"fc": look.colour, "ec": "none", "pad": 1.2}
            middle = left + share / 2
            ink = palette.DARK if look.ink == palette.GREY else look.ink  # grey is for hatches
            ax.text(middle, row, as_count(count), ha="center", va="center", color=ink, bbox=plate)
        left += share


def _example(study: Study, outcomes: Outcomes, name: str) -> OutcomeExample:
    variant, seed = outcomes.variant, outcomes.example(name)
    runs = study.runs[variant.name]
    boundary = decision_boundary(variant, runs.weights_of(seed), study.split, SMALL)
    return OutcomeExample(name, variant, seed, float(runs.accuracy[runs.row(seed)]), boundary)

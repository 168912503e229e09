"""What the results mean: ways to end, repairs, baselines, the polygon bound and exact regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circles.analysis.features import networks
from circles.analysis.outcomes import OUTCOMES
from circles.analysis.polygon import UNITS, reach
from circles.analysis.region_counts import DIVERGED
from circles.report.escape import escape
from circles.report.figures.labels import name_answer, name_positive
from circles.report.numbers import as_accuracy, as_count, as_decimal, as_interval, as_percent
from circles.report.table import Table, read_columns

if TYPE_CHECKING:
    from circles.analysis.statistics import Rate
    from circles.analysis.study import Study
    from circles.experiment.spec import Variant

NOTHING = "–"


def outcome_rules_table(study: Study) -> Table:
    """Return the outcomes in the order in which they are tried: what each means, and its rule."""
    import pandas as pd

    positive = name_positive(study.split)
    rows = [
        {"Outcome": outcome.title}
        | {"Meaning": outcome.meaning.format(positive=positive)}
        | {"Rule": outcome.rule.format(positive=positive)}
        for outcome in OUTCOMES.values()
    ]
    frame = pd.DataFrame(rows)
    words = frozenset(frame.columns)
    caption = "How a run can end. A run counts under the first rule that fits it."
    return Table(caption, frame, read_columns(frame, dict.fromkeys(words, escape)), words)


def outcomes_by_variant_table(study: Study) -> Table:
    """Return how many runs of each variant ended in each outcome that occurs."""
    import pandas as pd

    found = study.outcomes.values()
    occurring = [name for name in OUTCOMES if any(name in one.counts for one in found)]
    rows = [
        {"Variant": one.variant.title}
        | {OUTCOMES[name].title: one.counts.get(name, 0) for name in occurring}
        | {"Runs": len(one.names)}
        for one in found
    ]
    frame = pd.DataFrame(rows)
    caption = "How many runs of each variant end in which way."
    return Table(caption, frame, read_columns(frame, {"Variant": escape}), frozenset({"Variant"}))


def repairs_table(study: Study) -> Table:
    """Return each broken variant beside its repair; the frame has a row for either of them."""
    import pandas as pd

    rows = [
        {"broken": broken.name, "variant": variant.name} | _tabulate_wiring(study, variant)
        for broken, repair in study.pairs
        for variant in (broken, repair)
    ]
    cells = [
        {"As wired": escape(broken.title), "Repaired": escape(repair.title)}
        | _read_repair(_tabulate_wiring(study, broken), _tabulate_wiring(study, repair))
        for broken, repair in study.pairs
    ]
    caption = (
        "Each variant as it is wired, and after the arrow repaired: the share of the training "
        f"points without a gradient when the run under seed {study.reference_seed} ends, the "
        "median accuracy of all runs, and how many of them solve."
    )
    words = frozenset({"As wired", "Repaired"})
    return Table(caption, pd.DataFrame(rows), pd.DataFrame(cells), words)


def ladder_table(study: Study) -> Table:
    """Return every model from the simplest on: the numbers it keeps, and how often it is right."""
    import pandas as pd

    rungs = (*study.baselines, *networks(study))
    frame = pd.DataFrame(rungs).rename(columns={"median": "held_out_accuracy_median"})
    cells = [
        {
            "Model": escape(rung.title),
            "What it keeps": escape(rung.counted),
            "Numbers": as_count(rung.parameters),
            "Accuracy": as_accuracy(rung.accuracy),
            "Held-out accuracy": as_accuracy(rung.held_out_accuracy),
            "Median": NOTHING if rung.median is None else as_accuracy(rung.median),
        }
        for rung in rungs
    ]
    caption = (
        "The ladder: models that are no networks, from the simplest on, and the networks under "
        f"seed {study.reference_seed}. The median is that of the held-out accuracy over all runs."
    )
    words = frozenset({"Model", "What it keeps"})
    return Table(caption, frame, pd.DataFrame(cells), words)


def polygon_table(study: Study) -> Table:
    """Return, by width, whether a polygon fits between the circles, and how often runs solve."""
    import pandas as pd

    (nominal, sample), rates = study.radius_gaps, dict(study.width_rates)
    rows = [
        {
            "units": units,
            "corners": 2 * units,
            "reach": reach(units),
            "fits_circles": nominal.fits(units),
            "fits_sample": sample.fits(units),
        }
        | _tabulate_rate(rates.get(units))
        for units in UNITS
    ]
    cells = [
        {
            "Units": as_count(units),
            "Corners, at most": as_count(2 * units),
            "cos(π/2n)": as_decimal(reach(units), 4),
            "Fits the circles": _as_answer(fits=nominal.fits(units)),
            "Fits this sample": _as_answer(fits=sample.fits(units)),
        }
        | ({"Solved": _as_share(rates.get(units))} if rates else {})
        for units in UNITS
    ]
    caption = (
        "The polygon bound by the number n of hidden ReLU units. The regular polygon of 2n corners "
        f"fits if cos(π/2n) is at least the ratio of the radii: {as_decimal(nominal.ratio, 4)} for "
        f"the circles without noise, {as_decimal(sample.ratio, 4)} for the training points."
    )
    words = frozenset({"Fits the circles", "Fits this sample"})
    return Table(caption, pd.DataFrame(rows), pd.DataFrame(cells), words)


def regions_table(variant: Variant, study: Study) -> Table:
    """Return how many runs of ``variant`` end with which region; the frame has one row per run."""
    import pandas as pd

    runs, split = study.runs[variant.name], study.split
    frame = pd.DataFrame(
        {
            "seed": runs.seeds,
            "kind": [one.kind if one else DIVERGED for one in study.regions[variant.name]],
            "corners": [one.corners if one else None for one in study.regions[variant.name]],
            f"area{' (standardised)' if split.scaler else ''}": [
                one.area if one else None for one in study.regions[variant.name]
            ],
            "accuracy": runs.accuracy,
        }
    )
    cells = [
        {
            "Region": one.kind,
            "Corners": NOTHING if one.corners is None else as_count(one.corners),
            "Runs": as_count(one.accuracy.count),
            "Median accuracy": as_accuracy(one.accuracy.median),
            "Range": as_interval(one.accuracy.low, one.accuracy.high, as_accuracy),
        }
        for one in study.region_counts[variant.name]
    ]
    caption = (
        f"{escape(variant.title)}: the region of answer {escape(name_answer(1, split))} that its "
        "runs end with, the corners of closed ones, and the accuracy on the training points."
    )
    return Table(caption, frame, pd.DataFrame(cells), frozenset({"Region"}))


def _tabulate_wiring(study: Study, variant: Variant) -> dict[str, Any]:
    share, ends = study.gradient_paths[variant.name].share, study.summaries[variant.name]
    return {
        "zero_share_end": share[-1],
        "zero_share_highest": share.max(),
        "median_accuracy": ends.accuracy.median,
        "solved": ends.rate.successes,
        "runs": ends.rate.trials,
    }


def _read_repair(broken: dict[str, Any], repaired: dict[str, Any]) -> dict[str, str]:
    cells = [
        {
            "No gradient": as_percent(one["zero_share_end"]),
            "Median accuracy": as_accuracy(one["median_accuracy"]),
            "Solved": f"{as_count(one['solved'])} of {as_count(one['runs'])}",
        }
        for one in (broken, repaired)
    ]
    return {name: f"{cell} → {cells[1][name]}" for name, cell in cells[0].items()}


def _tabulate_rate(rate: Rate | None) -> dict[str, float]:
    if rate is None:
        return {}
    counts = {"runs": rate.trials, "solved": rate.successes}
    return counts | {"rate": rate.share, "rate_low": rate.low, "rate_high": rate.high}


def _as_share(rate: Rate | None) -> str:
    return NOTHING if rate is None else f"{as_count(rate.successes)} of {as_count(rate.trials)}"


def _as_answer(*, fits: bool) -> str:
    return "yes" if fits else "no"

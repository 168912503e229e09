"""What the pages say about bends: how many it takes, and the regions that the runs end with."""

from collections import Counter

from circles.analysis.outcomes import OUTCOMES
from circles.analysis.polygon import RadiusGap
from circles.analysis.region_counts import KINDS, RegionCount
from circles.analysis.study import Study
from circles.experiment.spec import Variant
from circles.report.context.values import Values
from circles.report.escape import escape
from circles.report.numbers import Quantity, as_accuracy, as_count, as_decimal


def describe_bends(study: Study) -> Values | None:
    """Return the bound for circles, and the exact regions of the variants that have them.

    ``None`` unless the problem is binary.
    """
    dataset = study.experiment.dataset
    if dataset.kind_of_problem != "binary":
        return None
    nominal, sample = study.radius_gaps if dataset.kind == "circles" else (None, None)
    exact = [one for one in study.variants if one.name in study.regions]
    return {
        "ratio": nominal and as_decimal(nominal.ratio, 3),
        "fewest_units": _fewest_units(nominal),
        "sample_ratio": sample and as_decimal(sample.ratio, 3),
        "sample_fewest_units": _fewest_units(sample),
        "exact": [_describe_regions(study, variant) for variant in exact],
    }


def _fewest_units(room: RadiusGap | None) -> Quantity | None:
    fewest = room.fewest_units if room else None
    return None if fewest is None else as_count(fewest)


def _describe_regions(study: Study, variant: Variant) -> Values:
    """Return how many runs end with a region of each kind, and with how many corners."""
    counts = study.region_counts[variant.name]
    corners = [_describe_corners(one) for one in counts if one.corners is not None]
    units = variant.layers[0].units
    return {
        "name": variant.name,
        "title": escape(variant.title),
        "units": as_count(units),
        "corner_bound": as_count(2 * units),  # of a convex region: see ``analysis.polygon``
        **{
            kind: as_count(sum(one.accuracy.count for one in counts if one.kind == kind))
            for kind in KINDS
        },
        "open_as": _list_outcomes_of_open(study, variant),
        "corners": corners,
        "most_corners": corners[-1]["corners"] if corners else None,
    }


def _list_outcomes_of_open(study: Study, variant: Variant) -> list[Values]:
    """Return under which outcomes the runs with an open region count."""
    pairs = zip(study.regions[variant.name], study.outcomes[variant.name].names, strict=True)
    counts = Counter(name for region, name in pairs if region and region.kind == "open")
    return [
        {"title": escape(one.title), "count": as_count(counts[name])}
        for name, one in OUTCOMES.items()
        if name in counts
    ]


def _describe_corners(count: RegionCount) -> Values:
    """Return how right the runs are whose closed regions have so many corners."""
    return {
        "corners": as_count(count.corners or 0),
        "runs": as_count(count.accuracy.count),
        "lowest": as_accuracy(count.accuracy.low),
        "highest": as_accuracy(count.accuracy.high),
    }

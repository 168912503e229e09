"""What the pages say about bends: how many it takes, and the regions that the runs end with."""

from circles.analysis.hidden import find_roles
from circles.analysis.polygon import RadiusGap
from circles.analysis.region_counts import KINDS, RegionCount
from circles.analysis.study import Study
from circles.experiment.spec import Variant
from circles.report.context.values import Values
from circles.report.escape import escape
from circles.report.numbers import Quantity, as_accuracy, as_count, as_decimal, as_name


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
    runs, counts = study.runs[variant.name], study.region_counts[variant.name]
    corners = [_describe_corners(one) for one in counts if one.corners is not None]
    best_seed = study.best_seed(variant)
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
        "corners": corners,
        "most_corners": corners[-1]["corners"] if corners else None,
        "middle": _describe_middle(study, variant),
        "best_seed": as_name(best_seed),
        "best_accuracy": as_accuracy(runs.accuracy[runs.row(best_seed)]),
    }


def _describe_corners(count: RegionCount) -> Values:
    """Return how right the runs are whose closed regions have so many corners."""
    return {
        "corners": as_count(count.corners or 0),
        "runs": as_count(count.accuracy.count),
        "lowest": as_accuracy(count.accuracy.low),
        "highest": as_accuracy(count.accuracy.high),
    }


def _describe_middle(study: Study, variant: Variant) -> Values | None:
    """Return the region and the hidden units of the median run; ``None`` if it diverged."""
    runs, seed = study.runs[variant.name], study.median_seed(variant)
    region = study.regions[variant.name][runs.row(seed)]
    if region is None:
        return None
    roles = find_roles(variant, runs.weights_of(seed), study.split.X, region)
    return {
        "kind": region.kind,
        "corners": as_count(region.corners),
        "dead": as_count(sum(role.dead for role in roles)),
        "always_on": as_count(sum(role.always_on for role in roles)),
    }

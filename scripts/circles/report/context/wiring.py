"""What the pages say about wiring: variants that are broken, each beside its repair."""

from circles.analysis.gradients import GradientPath
from circles.analysis.study import Study
from circles.report.context.values import Values
from circles.report.numbers import as_percent


def describe_wiring(study: Study, variants: list[Values]) -> list[Values]:
    """Return every broken variant with its repair, each with its share of zero gradients."""
    text = {variant["name"]: variant for variant in variants}
    wired = {
        name: text[name] | _describe_zeros(path) for name, path in study.gradient_paths.items()
    }
    return [
        {"broken": wired[broken.name], "repaired": wired[repaired.name]}
        for broken, repaired in study.pairs
    ]


def _describe_zeros(path: GradientPath) -> Values:
    """Return the share of points without gradient in the reference run, at the end and at most.

    Of those that are answered wrongly as well, at most.
    """
    return {
        "zero_share_end": as_percent(float(path.share[-1])),
        "zero_share_highest": as_percent(float(path.share.max())),
        "zero_wrong_highest": as_percent(float(path.wrong.max())),
    }

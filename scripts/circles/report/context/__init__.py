"""Everything that a template may say: computed, rounded, and escaped for Markdown.

``make_context`` returns one mapping. A template sees its keys as names; a name that is not there
stops the build, and what does not apply to an experiment is there as ``None``. Text that people
typed into the experiment file is escaped here and nowhere else.
"""

from collections.abc import Mapping

from circles.analysis.study import Study
from circles.report.api_reference import describe_library
from circles.report.captions import list_odd_labels
from circles.report.context.bends import describe_bends
from circles.report.context.chance import describe_chance
from circles.report.context.data import describe_data
from circles.report.context.examples import describe_examples
from circles.report.context.features import describe_features
from circles.report.context.front import describe_experiment
from circles.report.context.lines import describe_lines
from circles.report.context.objective import describe_optimum
from circles.report.context.roles import describe_roles
from circles.report.context.values import Values
from circles.report.context.variants import best_of, describe_variant, group_variants
from circles.report.escape import escape
from circles.report.live import list_live

__all__ = ["make_context"]


def make_context(
    title: str, study: Study, figures: Mapping[str, Values], tables: Mapping[str, Values]
) -> Values:
    """Return everything that the pages of ``study`` may say, in a report of this title.

    ``figures`` and ``tables`` come from ``captions.describe_figure`` and ``describe_table``.
    """
    variants = [describe_variant(study, variant) for variant in study.variants]
    groups = group_variants(variants)
    return {
        "report": {"title": escape(title), "plain_title": title},
        "experiment": describe_experiment(study),
        "data": describe_data(study),
        "variants": variants,
        "named": {variant["name"]: variant for variant in variants},
        "tutorial": {v["tutorial_name"]: v for v in variants if v["tutorial_name"]},
        "groups": groups,
        "best": best_of(variants),
        "roles": describe_roles(study, variants),
        "sweeps": [
            {
                "name": sweep.name,
                "title": escape(sweep.title),
                "base": sweep.base(study.experiment).name,
            }
            for sweep in study.experiment.sweeps
        ],
        "lines": describe_lines(study),
        "optimum": describe_optimum(study),
        "bends": describe_bends(study),
        "features": describe_features(study),
        "chance": describe_chance(study),
        "examples": describe_examples(study),
        "figures": dict(figures),
        "live": list(list_live(study.experiment)),
        "tables": dict(tables),
        "odd_labels": list_odd_labels(figures),
        "library": describe_library(),
    }

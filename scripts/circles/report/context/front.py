"""What the front page says of the experiment: its size, and what its variants have in common."""

from circles.analysis.study import Study
from circles.analysis.tutorial import published_on
from circles.report.context.values import Values, as_word
from circles.report.numbers import as_count, as_name
from circles.report.options import is_at_default
from circles.training.trials import count_runs


def describe_experiment(study: Study) -> Values:
    """Return what is tried, how often, and what the variants have between them."""
    experiment = study.experiment
    count = len(experiment.variants)
    return {
        "seeds": as_count(experiment.seeds),
        "reference_seed": as_name(experiment.reference_seed),
        "variants": as_word(count),
        "runs": as_count(count * experiment.seeds),
        "all_runs": as_count(count_runs(experiment)),
        "any_published": any(published_on(experiment.dataset, one) for one in study.variants),
        "any_adam": any(one.optimizer.tag_of() == "adam" for one in experiment.variants),
        "all_glorot": all(is_at_default(one, "initializer") for one in experiment.variants),
    }

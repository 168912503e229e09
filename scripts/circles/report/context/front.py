"""What the front page says: the experiment's size, the two causes, and the numbers that matter."""

from circles.analysis.study import Study
from circles.analysis.tutorial import published_on
from circles.report.context.values import Values, as_word
from circles.report.numbers import as_count, as_name
from circles.report.options import is_at_default
from circles.training.trials import count_runs

# What heads the causes, where each is proved of these data and these runs.
_MISSED = "Training does not even find that line."
_OPEN = {
    "causes": "What can a model draw, and does training find it?",
    "first": "Without a bend, a line.",
    "second": "Training follows the loss.",
    "cure": "A bend makes more possible, and nothing certain.",
}
_LINE = _OPEN | {"causes": "Here a linear model needs no bend.", "first": "A line can do it."}
_NO_LINE = _OPEN | {
    "causes": "Linear models fail here, and not for want of training.",
    "first": "No line can do it.",
    "cure": "A bend makes it possible, not certain.",
}
_BOTH = _NO_LINE | {
    "causes": "Linear models fail here for two reasons, and neither is a want of training.",
    "first": "First cause: no line can do it.",
    "second": "Second cause: training does not even find that line.",
}


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
        "any_tutorial_name": any(variant.tutorial_name for variant in experiment.variants),
        "any_adam": any(one.optimizer.tag_of() == "adam" for one in experiment.variants),
        "all_glorot": all(is_at_default(one, "initializer") for one in experiment.variants),
    }


def describe_results(context: Values) -> dict[str, str]:
    """Return the words of the front page, where no template reaches: plain text for ``meta``.

    What does not apply is empty. YAML knows no text that remembers its number.
    """
    experiment, data, lines = (context[name] for name in ("experiment", "data", "lines"))
    results = {
        "samples": data["samples"],
        "seeds": experiment["seeds"],
        "reference_seed": experiment["reference_seed"],
        "variants": experiment["variants"],
        "runs": experiment["runs"],
        "all_runs": experiment["all_runs"],
        "hull": lines["sentence"] if lines else "",
        "best_line": _describe_best_line(lines, data),
        "linear": _describe_linear(context["optimum"]),
        "optimum": _describe_optimum(context["optimum"]),
        "best": _describe_best(context["best_bent"]),
        **_describe_causes(lines, context["optimum"]),
        **_describe_kind(data, lines),
        "beside": _describe_beside(context),
    }
    return {name: str(words) for name, words in results.items()}


def _describe_kind(data: Values, lines: Values | None) -> dict[str, str]:
    """Return what depends on the kind of data: how the page begins, and more."""
    if data["is_circles"] and lines and not lines["separable"]:
        opening = (
            "Two circles, one inside the other: a person sees at once where the one ends and the "
            "other begins. A linear model does not."
        )
    else:
        opening = "Points in the plane, each with a label: which label has the next one?"
    if data["is_circles"]:
        marks = "The circles are where the points lie: the outer class solid, the inner one dashed."
        bend = "close around the inner circle"
    else:
        marks = "The points are some of the training sample."
        bend = "bend too"
    return {"opening": opening, "marks": marks, "bend": bend}


def _describe_causes(lines: Values | None, optimum: Values | None) -> dict[str, str]:
    """Return the headings of the two causes and of the cure, as far as they are that here."""
    if not lines:
        return _OPEN
    if lines["separable"]:
        return _LINE
    if not optimum or not optimum["misses_line"]:
        return _NO_LINE
    return _BOTH if optimum["leads_elsewhere"] else _NO_LINE | {"second": _MISSED}


def _describe_beside(context: Values) -> str:
    """Return what has runs beside the variants, to end a sentence with."""
    beside = [name for name in ("sweeps", "examples") if context[name]]
    return f", and {' and '.join(beside)} beside them" if beside else ""


def _describe_best_line(lines: Values | None, data: Values) -> str:
    """Return the first cause in a sentence: how right the best of all lines is."""
    if not lines:
        return ""
    best = lines["best"]
    return (
        f"The best of all lines has an accuracy of {best['accuracy']} on the training points; "
        f"always giving the more frequent label has {data['majority']}."
    )


def _describe_linear(optimum: Values | None) -> str:
    if not optimum:
        return ""
    return f"The best of all trained lines has an accuracy of {optimum['highest_accuracy']}."


def _describe_optimum(optimum: Values | None) -> str:
    """Return the second cause in a sentence: what the loss asks of a model without a bend."""
    if not optimum:
        return ""
    if optimum["attained"]:
        text = f"The lowest loss of a model without a bend is {optimum['loss']}"
    elif optimum["output"] == "sigmoid":
        text = f"The loss of a model without a bend falls for ever, towards {optimum['loss']}"
    else:
        text = f"Without clipping, the loss of a model without a bend falls to {optimum['loss']}"
    return (
        f"{text}, with an accuracy of {optimum['accuracy']}; the loss of the best constant answer "
        f"is {optimum['constant_loss']}, higher by {optimum['gain']}."
    )


def _describe_best(best: Values | None) -> str:
    """Return how often the network with a bend is exact that is so most often."""
    if not best:
        return ""
    if not best["ever_exact"]:
        return "No run of such a network got every training point right."
    return f"Of such networks the one that is exact most often is {best['title']}: {best['exact']}."

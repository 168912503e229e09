"""What the pages say about the examples: small problems of other kinds."""

from circles.analysis.study import ExampleRuns, Study
from circles.report.context.values import Values
from circles.report.context.variants import describe_end, describe_settings
from circles.report.escape import escape
from circles.report.numbers import as_count


def describe_examples(study: Study) -> list[Values]:
    """Return every example with its variants, in the order of the experiment."""
    return [_describe_example(study, one) for one in study.examples.values()]


def _describe_example(study: Study, one: ExampleRuns) -> Values:
    example = one.example
    return {
        "name": example.name,
        "title": escape(example.title),
        "kind": example.dataset.kind,
        "problem": example.dataset.kind_of_problem,
        "label_count": as_count(example.dataset.label_count),
        "samples": as_count(len(one.split.X)),
        "variants": [
            describe_settings(variant, example.dataset) | describe_end(study, variant)
            for variant in example.variants
        ],
    }

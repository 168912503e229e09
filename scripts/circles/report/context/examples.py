"""What the pages say about the examples: small problems of other kinds."""

from circles.analysis.study import ExampleRuns, Study
from circles.report.context.values import Values
from circles.report.context.variants import tell_end, tell_settings
from circles.report.escape import escape
from circles.report.numbers import as_count


def tell_examples(study: Study) -> list[Values]:
    """Return every example with its variants, in the order of the experiment."""
    return [_tell_example(study, one) for one in study.examples.values()]


def _tell_example(study: Study, one: ExampleRuns) -> Values:
    example = one.example
    return {
        "name": example.name,
        "title": escape(example.title),
        "kind": example.dataset.kind,
        "problem": example.dataset.kind_of_problem,
        "label_count": as_count(example.dataset.label_count),
        "samples": as_count(len(one.split.X)),
        "variants": [
            tell_settings(variant, example.dataset) | tell_end(study, variant)
            for variant in example.variants
        ],
    }

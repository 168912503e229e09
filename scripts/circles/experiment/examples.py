"""Examples: small problems of another kind, and whether a variant fits a kind of problem."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from circles.experiment.csv_file.labels import alike
from circles.experiment.datasets import AnyDataset, Dataset, Problem
from circles.experiment.losses import LOSSES
from circles.experiment.messages import error_at, shown
from circles.experiment.parts import SOFTMAX_LOSS, Line, Seeds, Slug, Variant, choose_seeds
from circles.experiment.rules import Location
from circles.experiment.toml_table import TomlTable

if TYPE_CHECKING:
    from circles.experiment.spec import Experiment

_COLUMNWISE = tuple(name for name, loss in LOSSES.items() if loss.columnwise)

FITTING: dict[Problem, tuple[str, ...]] = {
    "binary": tuple(LOSSES),
    "multiclass": (SOFTMAX_LOSS,),
    "multilabel": _COLUMNWISE,
}


class Example(TomlTable):
    """A data set of its own, and a few variants that are trained on it."""

    name: Slug
    title: Line
    dataset: AnyDataset
    variants: tuple[Variant, ...] = Field(
        alias="variant",
        strict=False,
        min_length=1,
        max_length=6,
        description="with names that no other variant of the file has",
    )
    seeds: Seeds | None = None  # as many as the experiment's

    def run_seeds(self, experiment: "Experiment") -> tuple[int, ...]:
        """Return the seeds of every variant's runs, chosen as ``Experiment.run_seeds`` are."""
        return choose_seeds(self.seeds or experiment.seeds, experiment.reference_seed)


def refuse_unknown_repair(variant: Variant, others: Sequence[str], place: Location) -> None:
    """Raise ``ValidationError`` where ``variant`` repairs what is not among the ``others``."""
    for index, name in enumerate(variant.repairs):
        if name not in others:
            wrong = "the variant itself" if name == variant.name else "unknown variant"
            allowed = (
                ""
                if others
                else "no repairs here: there is no variant that this one could set right"
            )
            raise error_at((*place, "repairs", index), wrong, name, others, allowed=allowed)


def refuse_unwatched(variant: Variant, dataset: Dataset, place: Location) -> None:
    """Raise ``ValidationError`` where ``variant``, at ``place``, is to watch points it has not.

    Neither may it have two samples that it could watch.
    """
    is_drawn = getattr(dataset, "validation_random_state", None) is not None
    if variant.validation_split and is_drawn:
        wrong = "the points to watch are drawn by the data set's validation_random_state"
        allowed = "one of the two keys, and not both"
        received = variant.validation_split
        raise error_at((*place, "validation_split"), wrong, received, allowed=allowed)
    if not variant.watches_a_draw or is_drawn:
        return
    stopping = variant.early_stopping
    wrong = "there are no points to watch: give a validation_split beside early_stopping"
    if dataset.kind != "csv":
        wrong += ", or a validation_random_state to the data set"
    monitor = stopping and stopping.monitor
    raise error_at((*place, "early_stopping", "monitor"), wrong, monitor, ["loss", "accuracy"])


def refuse_unfit(variant: Variant, dataset: Dataset, place: Location) -> None:
    """Raise ``ValidationError`` where ``variant``, at ``place``, does not fit the labels.

    A label of 0 or 1 may meet any number of columns, and is repeated for each: the tutorial has a
    network without an output layer.
    """
    problem, count = dataset.kind_of_problem, dataset.label_count
    spelt = _spelt(dataset)
    loss = variant.loss.tag_of()
    if loss not in FITTING[problem]:
        wrong = f"not for the {problem} labels of a data set of kind {dataset.kind}{spelt}"
        recipe = _recipe(problem, count)
        raise error_at((*place, "loss"), wrong, loss, allowed=recipe)
    repeats = problem == "binary" and loss != SOFTMAX_LOSS
    if variant.columns != count and not repeats:
        wrong = f"the last layer needs {count} units, one for each label{spelt}"
        units = (*place, "layers", len(variant.layers) - 1, "units")
        raise error_at(units, wrong, variant.columns, [str(count)])


def _recipe(problem: Problem, count: int) -> str:
    """Return all that a variant has to say for another problem than that of two labels."""
    activation = "softmax" if problem == "multiclass" else "sigmoid"
    return (
        f'loss = "{FITTING[problem][0]}" in each variant of this data set, and as the last of its '
        f'layers {{ units = {count}, activation = "{activation}" }}'
    )


def _spelt(dataset: Dataset) -> str:
    """Return how a CSV file spells its labels: perhaps one of them in two ways."""
    if dataset.kind != "csv":
        return ""
    spellings = ", ".join(map(shown, dataset.classes))
    return f": {spellings}{alike(dataset.classes)}"

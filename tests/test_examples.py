"""Examples: small problems of other kinds, and variants that have to fit their labels."""

from pathlib import Path
from typing import Any

import pytest

from allowed import spelled
from circles.experiment.spec import Experiment, SpecError, load

HEAD = """\
title = "A trial"
seeds = 3
reference_seed = 7
"""
CIRCLES = """
[dataset]
kind = "circles"
samples = 40
noise = 0.03
factor = 0.8
random_state = 42
held_out_random_state = 43
"""
VARIANT = """
[[variant]]
name = "plain"
title = "One unit"
layers = [{ units = 1 }]
learning_rate = 0.01
epochs = 10
"""
DRAW = "samples = 40, random_state = 1, held_out_random_state = 2"
SOFTMAX = 'loss = "sparse_categorical_crossentropy"'
EXAMPLES = f"""
[[example]]
name = "multiclass"
title = "Three rings"
dataset = {{ kind = "rings", classes = 3, noise = 0.03, {DRAW} }}
seeds = 2

[[example.variant]]
name = "rings-linear"
title = "Three units"
layers = [{{ units = 3, activation = "softmax" }}]
{SOFTMAX}
learning_rate = 0.01
epochs = 10

[[example]]
name = "multilabel"
title = "Two discs"
dataset = {{ kind = "discs", overlap = 0.5, {DRAW} }}

[[example.variant]]
name = "discs-linear"
title = "Two units"
layers = [{{ units = 2, activation = "sigmoid" }}]
learning_rate = 0.01
epochs = 10
"""
GOOD = HEAD + CIRCLES + VARIANT + EXAMPLES


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the address of an experiment file in the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "circles.toml"


def loaded(file: Path, text: str) -> Experiment:
    """Return the experiment that ``text`` describes."""
    file.write_text(text)
    return load(file)


def refusal(file: Path, text: str) -> str:
    """Return the message with which ``text`` is refused."""
    with pytest.raises(SpecError) as caught:
        loaded(file, text)
    return str(caught.value)


def changed(old: str, new: str, text: str = GOOD) -> str:
    """Return the good file, or ``text``, with one passage changed."""
    assert text.count(old) == 1, f"{old!r} must mark one place"
    return text.replace(old, new)


def test_examples_are_held_in_the_order_of_the_file(file: Path) -> None:
    """Each has its data set and its variants; an experiment may do without any."""
    examples = loaded(file, GOOD).examples
    assert [(one.name, one.dataset.kind) for one in examples] == [
        ("multiclass", "rings"),
        ("multilabel", "discs"),
    ]
    assert [one.variants[0].columns for one in examples] == [3, 2]
    assert loaded(file, HEAD + CIRCLES + VARIANT).examples == ()


def test_an_example_has_its_own_number_of_seeds_or_the_experiments(file: Path) -> None:
    """Seeds are the lowest and the reference, as for variants."""
    experiment = loaded(file, GOOD)
    first, second = experiment.examples
    assert first.run_seeds(experiment) == (0, 7)
    assert second.run_seeds(experiment) == experiment.run_seeds == (0, 1, 7)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "classes = 3",
            "classes = 4",
            '[[example]] 1 ("multiclass"): variant 1 ("rings-linear"): layers 1: units: the last '
            "layer needs 4 units, one for each label. Allowed: 4. Received: 3",
            id="too few columns for softmax",
        ),
        pytest.param(
            "units = 2,",
            "units = 3,",
            '[[example]] 2 ("multilabel"): variant 1 ("discs-linear"): layers 1: units: the last '
            "layer needs 2 units, one for each label. Allowed: 2. Received: 3",
            id="too many columns for two labels",
        ),
        pytest.param(
            f'"softmax" }}]\n{SOFTMAX}',
            '"sigmoid" }]',
            '[[example]] 1 ("multiclass"): variant 1 ("rings-linear"): loss: not for the '
            "multiclass labels of a data set of kind rings. Allowed: "
            'loss = "sparse_categorical_crossentropy" in each variant of this data set, and as '
            'the last of its layers { units = 3, activation = "softmax" }. '
            "Received: 'binary_crossentropy'",
            id="a loss of two labels for three",
        ),
        pytest.param(
            '"discs-linear"',
            '"plain"',
            '[[example]] 2 ("multilabel"): variant 1 ("plain"): name: already the name of '
            "[[variant]] 1. Allowed: a name that no other has.",
            id="the name of a variant",
        ),
        pytest.param(
            '"discs-linear"',
            '"rings-linear"',
            '[[example]] 2 ("multilabel"): variant 1 ("rings-linear"): name: already the name of '
            "variant 1 of [[example]] 1. Allowed: a name that no other has.",
            id="the name of another example's variant",
        ),
        pytest.param(
            '"multilabel"',
            '"multiclass"',
            '[[example]] 2 ("multiclass"): name: already the name of [[example]] 1. Allowed: ',
            id="the name of an example",
        ),
        pytest.param(
            "classes = 3",
            "clases = 3",
            '[[example]] 1 ("multiclass"): dataset: clases: unknown key. Allowed: <keys of rings>. '
            "Did you mean 'classes'? Received: clases = 3",
            id="a key of the data set",
        ),
        pytest.param(
            '"rings"',
            '"ring"',
            '[[example]] 1 ("multiclass"): dataset: kind: unknown kind. Allowed: <kinds>. '
            "Did you mean 'rings'? Received: 'ring'",
            id="a kind",
        ),
        pytest.param(
            'kind = "discs", overlap = 0.5',
            'kind = "csv", path = "none.csv"',
            '[[example]] 2 ("multilabel"): dataset: samples: unknown key. ',
            id="keys of another kind",
        ),
        pytest.param(
            "units = 2,",
            "units = 0,",
            '[[example]] 2 ("multilabel"): variant 1 ("discs-linear"): layers 1: units: too small. '
            "Allowed: an integer, at least 1 and at most 1024. Received: 0",
            id="a value deep inside",
        ),
        pytest.param(
            '"discs-linear"',
            '"discs-linear"\nrepairs = ["plain"]',
            '[[example]] 2 ("multilabel"): variant 1 ("discs-linear"): repairs 1: unknown variant. '
            "Allowed: no repairs here: there is no variant that this one could set right. "
            "Received: 'plain'",
            id="a repair",
        ),
    ],
)
def test_a_bad_example_is_refused(file: Path, old: str, new: str, message: str) -> None:
    """The message names the example, its variant and the key, and what would fit."""
    assert refusal(file, changed(old, new)).startswith(f"circles.toml: {spelled(message)}")


def test_an_example_needs_variants(file: Path) -> None:
    """An example without a variant shows nothing."""
    text = GOOD[: GOOD.rindex("[[example.variant]]")]
    assert refusal(file, text).startswith(
        'circles.toml: [[example]] 2 ("multilabel"): variant: missing. Allowed: an array of '
        "tables, at least 1 and at most 6, with names that no other variant of the file has. "
    )


# Which variants fit which labels ---------------------------------------------------------------

KINDS = {
    "binary": 'kind = "moons"\nnoise = 0.1',
    "multiclass": 'kind = "blobs"\ncentres = 4\nspread = 0.1',
    "multilabel": 'kind = "discs"\noverlap = 0.5',
}


def with_dataset(problem: str, units: int, recipe: str) -> str:
    """Return a file on a data set of that kind of problem, with one variant of one layer."""
    draw = DRAW.replace(", ", "\n")
    layer = f'units = {units}, activation = "{"softmax" if recipe else "sigmoid"}"'
    variant = changed("units = 1", layer, VARIANT) + recipe
    return f"{HEAD}[dataset]\n{KINDS[problem]}\n{draw}\n{variant}"


@pytest.mark.parametrize(
    ("problem", "units", "recipe", "fits"),
    [
        ("binary", 1, "", True),
        ("binary", 4, "", True),  # as the tutorial's network without an output layer
        ("binary", 2, SOFTMAX, True),
        ("binary", 3, SOFTMAX, False),
        ("binary", 1, SOFTMAX, False),
        ("multiclass", 4, SOFTMAX, True),
        ("multiclass", 3, SOFTMAX, False),
        ("multiclass", 5, SOFTMAX, False),
        ("multiclass", 1, "", False),
        ("multiclass", 4, "", False),
        ("multilabel", 2, "", True),
        ("multilabel", 1, "", False),
        ("multilabel", 2, SOFTMAX, False),
    ],
)
def test_variants_of_the_experiment_fit_its_labels(
    file: Path, problem: str, units: int, recipe: str, fits: bool
) -> None:
    """Softmax has a column for every label, a multilabel output one for each of a point's."""
    text = with_dataset(problem, units, recipe)
    if fits:
        assert loaded(file, text).dataset.kind_of_problem == problem
    else:
        assert '[[variant]] 1 ("plain"): l' in refusal(file, text)  # loss or layers


# Sweeps of the data ----------------------------------------------------------------------------


def sweep(key: str, values: list[Any]) -> str:
    """Return a sweep of the plain variant over one key."""
    return (
        f'\n[[sweep]]\nname = "trial"\ntitle = "A trial"\nvariant = "plain"\n'
        f"vary = {{ {key} = {values} }}\n"
    )


@pytest.mark.parametrize(
    ("problem", "key", "own"),
    [("binary", "factor", "noise"), ("multilabel", "noise", "overlap")],
)
def test_a_sweep_of_what_the_data_lack_is_refused(
    file: Path, problem: str, key: str, own: str
) -> None:
    """Only what the data set of that kind has can vary."""
    kind = {"binary": "moons", "multilabel": "discs"}[problem]
    text = with_dataset(problem, 2 if problem == "multilabel" else 1, "") + sweep(key, [0.1, 0.2])
    assert refusal(file, text) == (
        f'circles.toml: [[sweep]] 1 ("trial"): vary: {key}: a data set of kind {kind} has no '
        f"{key}. Allowed: samples, random_state, held_out_random_state, "
        f"validation_random_state, {own}. "
        "Received: [0.1, 0.2]"
    )


def test_a_sweep_on_another_kind_has_cells(file: Path) -> None:
    """What the kind has varies as it does on circles; the cells are of the same kind."""
    experiment = loaded(file, with_dataset("binary", 1, "") + sweep("noise", [0.1, 0.2]))
    cells = experiment.sweeps[0].cells(experiment)
    assert [(cell.dataset.kind, cell.dataset.noise) for cell in cells] == [
        ("moons", 0.1),
        ("moons", 0.2),
    ]


def test_a_sweep_on_a_csv_file_keeps_its_data(file: Path) -> None:
    """Where only the network varies every cell has the experiment's data set."""
    rows = [f"{row},{row % 3},{row % 2}" for row in range(10)]
    file.with_name("points.csv").write_text("\n".join(["a,b,c", *rows]))
    dataset = '[dataset]\nkind = "csv"\npath = "points.csv"\nrandom_state = 1\n'
    experiment = loaded(file, HEAD + dataset + VARIANT + sweep("learning_rate", [0.1, 0.2]))
    cells = experiment.sweeps[0].cells(experiment)
    assert [cell.dataset for cell in cells] == [experiment.dataset] * 2
    message = refusal(file, HEAD + dataset + VARIANT + sweep("samples", [10, 20]))
    assert "a data set of kind csv has no samples. Allowed: " in message

"""The experiment file: what is accepted, and the words with which everything else is refused."""

import json
import math
import re
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from allowed import spelled
from circles.experiment import messages
from circles.experiment.parts import RESERVED_NAMES
from circles.experiment.spec import Experiment, SpecError, Variant, load
from tutorial import EXPERIMENT

GOOD = """\
title = "A trial"
seeds = 3
reference_seed = 1

[dataset]
kind = "circles"
samples = 40
noise = 0.03
factor = 0.8
random_state = 42
held_out_random_state = 43

[[variant]]
name = "plain"
tutorial_name = "model_circles"
title = "One unit"
layers = [{ units = 1, activation = "linear" }]
loss = "binary_crossentropy"
optimizer = "adam"
learning_rate = 0.01
epochs = 10
batch_size = 32
published = { loss = 0.7, accuracy = 0.5 }

[[variant]]
name = "deep"
title = "Two layers"
layers = [{ units = 4, activation = "relu" }, { units = 1, activation = "sigmoid" }]
learning_rate = 0.001
epochs = 20
"""

# Literal quotes: the marks of the changes to GOOD stay in one place when this follows it.
SWEEP = """
[[sweep]]
name = 'width'
title = 'How many units'
variant = 'deep'
vary = { units = [1, 2, 4] }
"""

patient = settings(deadline=None)  # other work on the machine must not fail a test


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the address of an experiment file in the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "circles.toml"


def changed(old: str, new: str, text: str = GOOD) -> str:
    """Return the good file, or ``text``, with one passage changed."""
    assert text.count(old) == 1, f"{old!r} must mark one place"
    return text.replace(old, new)


def refusal(file: Path) -> str:
    """Return the message with which ``load`` refuses the file."""
    with pytest.raises(SpecError) as caught:
        load(file)
    return str(caught.value)


# What the tutorial says -----------------------------------------------------------------------

# The tutorial's table: name, (units, activation) of each layer, rate, epochs, loss, accuracy; and
# the number of parameters that Keras prints for such a model.
TUTORIAL = [
    ("model_circles", [(1, "linear")], 0.01, 10, 0.7405, 0.5050, 3),
    (
        "model_circles_1",
        [(8, "relu"), (16, "relu"), (8, "relu"), (1, "relu")],
        0.0001,
        100,
        None,
        None,
        313,
    ),
    ("model_circles_2", [(1, "linear")], 0.001, 150, 0.7222, 0.4590, 3),
    ("model_circles_3", [(4, "relu")], 0.001, 2000, 0.6932, 0.5000, 12),
    ("model_circles_4", [(4, "relu"), (1, "linear")], 0.001, 2000, 0.3404, 0.8320, 17),
    ("model_circles_6", [(4, "relu"), (1, "sigmoid")], 0.001, 2000, 0.0241, 1.0000, 17),
]


def facts(variant: Variant) -> tuple[Any, ...]:
    """Return ``variant`` as a row of the tutorial's table."""
    layers = [(layer.units, layer.activation) for layer in variant.layers]
    published = variant.published
    figures = (published.loss, published.accuracy) if published else (None, None)
    recipe = (variant.learning_rate, variant.epochs)
    return (variant.tutorial_name, layers, *recipe, *figures, variant.parameters())


def test_the_frozen_file_is_the_tutorial(experiment: Experiment) -> None:
    """It holds the tutorial's data set and its six variants, figures included."""
    theirs = [variant for variant in experiment.variants if variant.tutorial_name]
    assert [facts(variant) for variant in theirs] == TUTORIAL
    assert {(v.loss.tag_of(), v.optimizer.tag_of(), v.batch_size) for v in experiment.variants} == {
        ("binary_crossentropy", "adam", 32)
    }
    data = experiment.dataset
    assert (data.kind, data.samples, data.noise, data.factor, data.random_state) == (
        ("circles", 1000, 0.03, 0.8, 42)
    )
    assert (experiment.seeds, experiment.reference_seed) == (64, 42)


def test_columns_are_the_units_of_the_last_layer(experiment: Experiment) -> None:
    """The variant without an output layer has four output columns, the others one."""
    columns = {v.name: v.columns for v in experiment.variants}
    assert columns.pop("no-output-layer") == 4
    assert set(columns.values()) == {1}


def test_a_repair_differs_from_what_it_repairs_in_the_layers_alone(experiment: Experiment) -> None:
    """What sets a broken variant of the tutorial right is its output, and nothing else."""
    variants = {variant.name: variant for variant in experiment.variants}
    pairs = [(one, variants[name]) for one in variants.values() for name in one.repairs]
    assert {(one.name, broken.name) for one, broken in pairs} == {
        ("deep-sigmoid-output", "deep-relu-output"),
        ("sigmoid-output", "no-output-layer"),
        ("sigmoid-output", "no-sigmoid"),
    }
    words = {"name", "title", "short", "tutorial_name", "published", "repairs"}
    for repaired, broken in pairs:
        recipes = [one.model_dump(exclude=words | {"layers"}) for one in (repaired, broken)]
        assert recipes[0] == recipes[1]
        hidden = [layer for layer in broken.layers if layer.units > 1]
        assert list(repaired.layers[:-1]) == hidden


# What is accepted ----------------------------------------------------------------------------


def test_a_short_variant_gets_the_defaults(file: Path) -> None:
    """What a variant leaves out is what the tutorial does; figures and tutorial name are absent."""
    file.write_text(GOOD)
    short = load(file).variants[1]
    said = short.model_dump()
    assert (said["loss"], said["optimizer"], short.batch_size) == (
        "binary_crossentropy",
        "adam",
        32,
    )
    assert short.tutorial_name is None
    assert short.published is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("samples = 40", "samples = 10", id="fewest samples"),
        pytest.param("seeds = 3", "seeds = 1", id="one seed"),
        pytest.param("reference_seed = 1", "reference_seed = 4294967295", id="greatest seed"),
        pytest.param("factor = 0.8", "factor = 0", id="an integer for a float"),
        pytest.param("batch_size = 32", "batch_size = 1000", id="batch above samples"),
        pytest.param(", accuracy = 0.5", "", id="a published loss alone"),
        pytest.param("[{ units = 1, activ", "[{ units = 4, activ", id="four columns"),
        pytest.param("epochs = 20", 'epochs = 20\nrepairs = ["plain"]', id="a repair"),
        pytest.param('"A trial"', '"Été: 100 % «ReLU» & co. – 円"', id="a title of many signs"),
    ],
)
def test_the_edges_of_the_rules_are_accepted(file: Path, old: str, new: str) -> None:
    """A value on the allowed side of a limit loads."""
    file.write_text(changed(old, new), encoding="utf-8")
    load(file)


def test_negative_zero_noise_becomes_zero(file: Path) -> None:
    """NumPy refuses −0.0 as a scale, so a noise of −0.0 is read as 0.0."""
    file.write_text(changed("noise = 0.03", "noise = -0.0"))
    assert math.copysign(1, load(file).dataset.noise) == 1


@patient
@given(seeds=st.integers(1, 300), reference=st.integers(0, 2**32 - 1) | st.integers(0, 300))
def test_run_seeds_are_the_lowest_and_the_reference(seeds: int, reference: int) -> None:
    """There are ``seeds`` distinct seeds in order: the reference, and the lowest of the others."""
    asked = {"seeds": seeds, "reference_seed": reference}
    run_seeds = EXPERIMENT.model_copy(update=asked).run_seeds
    assert len(run_seeds) == seeds
    assert list(run_seeds) == sorted(set(run_seeds))
    others = (seed for seed in range(seeds + 1) if seed != reference)
    assert set(run_seeds) - {reference} == set(islice(others, seeds - 1))


# What is refused -----------------------------------------------------------------------------

# Blocks: the change that spoils the good file (⏎ is a new line), then the message, word for word
# but for names in <>, of which there may be more one day.
BLOCKS = Path(__file__).with_name("bad_experiments.txt")

NAME = (
    "a text, at most 60 characters, a slug of lower-case letters, digits and single hyphens, such "
    "as linear-150, that no other table of its kind and no device of Windows has, and not index."
)
REPAIRS = (
    "an array of different values, at most 100, each a text, the names of variants that this one "
    "sets right."
)
VARY = (
    "a table with the keys <keys that vary>, one or two of them, with at most 400 cells in all and "
    "at most 1000000 parameters in each."
)


def refused() -> list[Any]:
    """Return the blocks of bad_experiments.txt as test cases: the bad file and its message.

    The file that is changed is the good one with a sweep.
    """
    cases = []
    for block in BLOCKS.read_text(encoding="utf-8").strip().split("\n\n"):
        change, message = block.split("\n", 1)
        old, new = change.replace("(nothing)", "").replace("⏎", "\n").split(" -> ")
        words = spelled(message.replace("\n", " "), name=NAME, vary=VARY, repairs=REPAIRS)
        cases.append(pytest.param(changed(old, new, GOOD + SWEEP), words, id=change))
    return cases


@pytest.mark.parametrize(("text", "message"), refused())
def test_a_bad_value_is_refused(file: Path, text: str, message: str) -> None:
    """The message says file, table, key, what is wrong, what is allowed and what was received."""
    file.write_text(text, encoding="utf-8")
    assert refusal(file) == f"circles.toml: {message}"


@pytest.mark.parametrize(
    "given",
    [
        'optimizer = { name = "adam", epsilon = 1.2e-38 }',
        'optimizer = { name = "adam", beta_1 = 0.99999994 }',
        "loss = { name = 'binary_crossentropy', label_smoothing = 0.999999999 }",  # or 1
        "published = { loss = 1e-60 }",
    ],
)
def test_what_single_precision_holds_is_allowed(file: Path, given: str) -> None:
    """Also the smallest and the largest such number, and what no network is trained with."""
    file.write_text(changed("epochs = 20", f"epochs = 20\n{given}"))
    assert len(load(file).variants) == 2


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_a_reserved_name_is_refused(file: Path, name: str) -> None:
    """A variant cannot be named like a folder's own page or like a device of Windows."""
    file.write_text(changed('"deep"', f'"{name}"'))
    assert f'[[variant]] 2 ("{name}"): name: a reserved file name. Allowed: ' in refusal(file)


@pytest.mark.parametrize(
    ("old", "text", "wrong"),
    [
        pytest.param("A trial", "x" * 10_000, "top level: title: too long", id="title"),
        pytest.param("A trial", "円" * 81, "top level: title: too long in UTF-8", id="bytes"),
        pytest.param("deep", "x" * 61, f'("{"x" * 60}…"): name: too long', id="name"),
    ],
)
def test_a_long_text_is_refused_in_a_short_message(
    file: Path, old: str, text: str, wrong: str
) -> None:
    """A text above its limit is refused, and the message shows only its two ends."""
    file.write_text(changed(f'"{old}"', f'"{text}"'), encoding="utf-8")
    message = refusal(file)
    assert f"{wrong}. Allowed: a text, at most " in message
    assert message.endswith(f"...{text[:28]}'")
    assert len(message) < 500


def test_a_cell_that_is_no_variant_is_refused(file: Path) -> None:
    """Values that are fine one by one must be fine together; the message names the first cell."""
    deeper = changed("{ units = 4,", "{ units = 1024 }, { units = 4,", GOOD + SWEEP)
    file.write_text(deeper.replace("[1, 2, 4]", "[4, 1024], noise = [0.1, 0.2]"))
    assert refusal(file) == (
        'circles.toml: [[sweep]] 1 ("width"): vary: layers: too many parameters, with units = '
        "1024, noise = 0.1. Allowed: an array of tables, at least 1 and at most 20, such as "
        "[{ units = 4 }], with at most 1000000 parameters in all. "
        "Received: {'noise': [0.1, 0.2], 'units': [4, 1024]}"
    )


def test_a_sweep_of_the_data_takes_any_variant(file: Path) -> None:
    """Only what varies in hidden layers needs one: noise varies under a single layer too."""
    file.write_text(GOOD + SWEEP.replace("'deep'", "'plain'").replace("units", "samples"))
    assert refusal(file).startswith('circles.toml: [[sweep]] 1 ("width"): vary: samples 1: ')
    file.write_text(GOOD + SWEEP.replace("'deep'", "'plain'").replace("units = [1,", "noise = [1,"))
    assert len(load(file).sweeps) == 1


def test_more_sweeps_than_a_report_holds_are_refused(file: Path) -> None:
    """A file may leave sweeps out, or have up to twenty."""
    file.write_text(GOOD + "".join(SWEEP.replace("width", f"s{number}") for number in range(21)))
    assert refusal(file).startswith(
        "circles.toml: [[sweep]]: too many. Allowed: an array of tables, at most 20, each headed "
        "by [[sweep]] with two brackets. Received: [{"
    )


HEAD, FIRST, SECOND = GOOD.partition("[[variant]]")[0], *GOOD.split("[[variant]]")[1:]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            HEAD,
            "[[variant]]: missing. Allowed: an array of tables, at least 1 and at most 100, each "
            "headed by [[variant]] with two brackets. Received: a table with title, seeds, "
            "reference_seed, dataset",
            id="no variants",
        ),
        pytest.param(
            GOOD[: GOOD.index("[dataset]")] + GOOD[GOOD.index("[[variant]]") :],
            spelled(
                "[dataset]: missing. Allowed: a table whose kind is one of <kinds>. Received: a "
                "table with title, seeds, reference_seed, variant"
            ),
            id="no data set",
        ),
        pytest.param(
            f"{HEAD}[variant]\nname = 'a'",
            "[[variant]]: wrong type. Allowed: an array of tables, at least 1 and at most 100, "
            "each headed by [[variant]] with two brackets. Received: {'name': 'a'}",
            id="one [variant]",
        ),
        pytest.param(
            f"{HEAD}[variant]{FIRST}[variant]{SECOND}",
            "line 25, column 9: not TOML: [variant] is there twice, first in line 13. "
            "Allowed: a text file in TOML 1.0. Head each variant with two brackets: "
            "[[variant]]. Received: '[variant]'",
            id="two [variant]",
        ),
        pytest.param(
            f"{GOOD}[[variant]]{FIRST.replace('plain', 'x')}[[variant]]{SECOND}",
            '[[variant]] 4 ("deep"): name: already the name of [[variant]] 2. Allowed: '
            "a name that no other has. Received: 'deep'",
            id="a duplicate further down",
        ),
        pytest.param(
            "variant = []\n" + HEAD,
            "[[variant]]: too few. Allowed: an array of tables, at least 1 and at most 100, each "
            "headed by [[variant]] with two brackets. Received: []",
            id="an empty array of variants",
        ),
        pytest.param(
            HEAD + "".join(f"[[variant]]{SECOND.replace('deep', f'v{i}')}" for i in range(101)),
            "[[variant]]: too many. Allowed: an array of tables, at least 1 and at most 100, each "
            "headed by [[variant]] with two brackets. Received: [{'epochs': 20, 'layers': [{...}, "
            "{...}], 'learning_rate': 0.001, 'name': 'v0', ...}, {'epochs': 20, 'layers': [{...}, "
            "{…",
            id="too many variants",
        ),
    ],
)
def test_tables_in_the_wrong_number_or_form_are_refused(
    file: Path, text: str, message: str
) -> None:
    """A missing, single, empty or repeated table is refused with the way to write it."""
    file.write_text(text)
    assert refusal(file) == f"circles.toml: {message}"


def test_the_first_problem_in_the_file_is_told_and_the_others_counted(file: Path) -> None:
    """Problems come in the order of the file, not of the rules; a missing key comes last."""
    text = changed("samples = 40\nnoise = 0.03\n", "factor = 2\nsamples = 0\n")
    file.write_text(text.replace("factor = 0.8\n", "").replace("epochs = 20", "epochs = 0"))
    message = refusal(file)
    assert message.startswith("circles.toml: [dataset]: factor: too large. Allowed: ")
    assert message.endswith(" Received: 2 (and 3 more problems)")


@pytest.mark.parametrize(
    ("old", "new", "ending"),
    [
        ("epochs = 20", "epoch = 20", "Did you mean 'epochs'? Received: epoch = 20"),
        ("units = 4", "unit = 4", "Did you mean 'units'? Received: unit = 4"),
        ("samples = 40\nnoise = 0", "sample = 4\nnoise = -1", "sample = 4 (and 1 more problem)"),
    ],
)
def test_a_key_that_is_missing_since_it_is_misspelt_is_told_once(
    file: Path, old: str, new: str, ending: str
) -> None:
    """One slip is one problem; others are counted as ever."""
    file.write_text(changed(old, new))
    assert refusal(file).endswith(ending)


def test_a_key_that_is_missing_since_it_stands_too_low_is_told_once(file: Path) -> None:
    """It belongs at the top level, and is not missing there as well."""
    text = changed('title = "A trial"', "").replace("[dataset]", '[dataset]\ntitle = "Low"')
    file.write_text(text)
    assert refusal(file).endswith("above the first table. Received: title = 'Low'")


@pytest.mark.parametrize("date", ["2020-01-01", "2020-01-01T07:30:00", "07:30:00"])
def test_a_date_is_shown_as_the_file_has_it(file: Path, date: str) -> None:
    """TOML has dates and times, which nothing here may be."""
    file.write_text(changed("seeds = 3", f"seeds = [{date}]"))
    assert refusal(file).endswith(f" Received: [{date}]")


def test_an_empty_key_can_be_seen(file: Path) -> None:
    """TOML allows a key of no letters."""
    file.write_text(changed("[dataset]", '[dataset]\n"" = 1'))
    message = refusal(file)
    assert message.startswith('circles.toml: [dataset]: "": unknown key. Allowed: ')
    assert message.endswith(' Received: "" = 1')


def test_an_integer_beyond_printing_is_refused(file: Path) -> None:
    """Python writes no decimal number of over 4300 digits; the message gives its size instead."""
    file.write_text(changed("seeds = 3", f"seeds = 0x{'f' * 5000}"))
    assert refusal(file).endswith("100000. Received: an integer of 20000 bits")


def test_keys_nested_thousands_deep_are_refused(file: Path) -> None:
    """A message about an endless value ends."""
    file.write_text(changed("seeds = 3", f"seeds{'.a' * 90} = 3"))
    assert refusal(file).endswith("Received: {'a': {'a': {'a': {...}}}}")
    file.write_text(changed("seeds = 3", f"seeds{'.a' * 3000} = 3"))
    assert refusal(file).startswith("circles.toml: nested too deeply. ")


# Anything at all -----------------------------------------------------------------------------


def toml(value: object) -> str:
    """Return ``value`` in TOML, tables inline."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{toml(key)} = {toml(entry)}' for key, entry in value.items())}}}"
    return repr(value)


def write(folder: Path, tables: dict[str, Any]) -> Path:
    """Write the experiment file ``tables`` into ``folder`` and return its address."""
    path = folder / "circles.toml"
    lines = [f"{toml(key)} = {toml(value)}\n" for key, value in tables.items()]
    path.write_text("".join(lines), encoding="utf-8")
    return path


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)
SLUGS = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,4}", fullmatch=True).filter(
    lambda name: name not in RESERVED_NAMES
)
SINGLE = partial(st.floats, width=32, allow_subnormal=False)  # that single precision holds
RATES = st.floats(1e-9, 1000)
LAYERS = st.fixed_dictionaries(
    {"units": st.integers(1, 64)},
    optional={"activation": st.sampled_from(["linear", "relu", "sigmoid", "tanh", "gelu"])},
)
FIGURES = st.fixed_dictionaries({"loss": st.floats(0, 100)}, optional={"accuracy": st.floats(0, 1)})
VARIANTS = st.fixed_dictionaries(
    {
        "name": SLUGS,
        "title": WORDS,
        "layers": st.lists(LAYERS, min_size=1, max_size=4),
        "learning_rate": RATES,
        "epochs": st.integers(1, 100_000),
    },
    optional={
        "tutorial_name": WORDS,
        "loss": st.just("binary_crossentropy"),
        "optimizer": st.sampled_from(["adam", "sgd", {"name": "sgd", "momentum": 0.5}]),
        "initializer": st.sampled_from(["he_normal", {"name": "he_uniform", "scale": 2.0}]),
        "batch_size": st.integers(1, 10_000),
        "published": FIGURES,
    },
)
DRAWS = {
    "samples": st.integers(10, 10_000),
    "noise": SINGLE(0, 10),
    "random_state": st.integers(0, 2**31),
    "held_out_random_state": st.integers(2**31 + 1, 2**32 - 1),
}
SHAPES = {
    "circles": {"factor": SINGLE(0, 1, exclude_max=True)},
    "moons": {},
    "xor": {},
    "spiral": {"turns": st.floats(0.1, 5)},
    "rings": {"classes": st.just(2)},
}
DATASETS = st.one_of(
    st.fixed_dictionaries({"kind": st.just(kind)} | DRAWS | shape) for kind, shape in SHAPES.items()
)
PLAIN_EXPERIMENTS = st.fixed_dictionaries(
    {
        "title": WORDS,
        "seeds": st.integers(1, 100_000),
        "reference_seed": st.integers(0, 2**32 - 1),
        "dataset": DATASETS,
        "variant": st.lists(
            VARIANTS, min_size=1, max_size=4, unique_by=lambda variant: variant["name"]
        ),
    }
)
LAYERS_ONLY = {"units", "activation"}
LISTS = {
    "units": st.integers(1, 64),
    "activation": st.sampled_from(["linear", "relu", "sigmoid", "tanh", "gelu"]),
    "learning_rate": RATES,
    "noise": SINGLE(0, 10),
    "factor": SINGLE(0, 1, exclude_max=True),
    "samples": st.integers(10, 10_000),
}


@st.composite
def sweeps(draw: st.DrawFn, tables: dict[str, Any]) -> dict[str, Any]:
    """Draw a sweep that goes with the variants and the data set of ``tables``."""
    variant = draw(st.sampled_from(tables["variant"]))
    lacking = set() if len(variant["layers"]) > 1 else LAYERS_ONLY
    lacking |= {"factor"} - tables["dataset"].keys()
    possible = sorted(LISTS.keys() - lacking)
    keys = draw(st.lists(st.sampled_from(possible), min_size=1, max_size=2, unique=True))
    values = {key: st.lists(LISTS[key], min_size=2, max_size=5, unique=True) for key in keys}
    table = {
        "name": draw(SLUGS),
        "title": draw(WORDS),
        "variant": variant["name"],
        "vary": {key: draw(drawn) for key, drawn in values.items()},
    }
    return table | draw(st.fixed_dictionaries({}, optional={"seeds": st.integers(1, 100_000)}))


@st.composite
def experiments(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an experiment on one of two labels, often with sweeps."""
    tables = draw(PLAIN_EXPERIMENTS)
    drawn = st.lists(sweeps(tables), max_size=3, unique_by=lambda one: one["name"])
    return tables | ({"sweep": some} if (some := draw(drawn)) else {})


EXPERIMENTS = experiments()
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose experiment file each example overwrites."""
    return tmp_path_factory.mktemp("examples")


def outcome(path: Path) -> str:
    """Return the message with which ``load`` refuses the file, or a sign that it loads."""
    try:
        load(path)
    except SpecError as error:
        return str(error)
    return "Allowed: this. Received: it"


def assert_loads_or_is_refused(path: Path) -> None:
    """Hold ``load`` to its promise: an experiment, or one printable line."""
    message = outcome(path)
    assert message.isprintable()
    assert re.search("Allowed: .+ Received: .", message)


@patient
@given(tables=EXPERIMENTS)
def test_every_valid_experiment_comes_back(folder: Path, tables: dict[str, Any]) -> None:
    """What a valid file says is what the models hold: nothing lost, nothing changed."""
    experiment = load(write(folder, tables))
    dumped = experiment.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert dumped == tables
    orders = [[list(table["vary"]) for table in held.get("sweep", [])] for held in (tables, dumped)]
    assert orders[0] == orders[1]


@patient
@given(tables=EXPERIMENTS, data=st.data())
def test_a_spoilt_experiment_loads_or_is_refused(
    folder: Path, tables: dict[str, Any], data: st.DataObject
) -> None:
    """Any value at any place, known or not, gives an experiment or a ``SpecError``."""
    variant = tables["variant"][0]
    places = [tables, tables["dataset"], variant, variant["layers"][0]]
    places += [place for sweep in tables.get("sweep", []) for place in (sweep, sweep["vary"])]
    table = data.draw(st.sampled_from(places))
    key = data.draw(st.sampled_from(sorted(table)) | TEXTS)
    table[key] = data.draw(VALUES)
    assert_loads_or_is_refused(write(folder, tables))


@patient
@given(tables=st.dictionaries(st.sampled_from(sorted(Experiment.model_fields)) | TEXTS, VALUES))
def test_arbitrary_tables_load_or_are_refused(folder: Path, tables: dict[str, Any]) -> None:
    """Whatever TOML holds, only a ``SpecError`` comes out."""
    assert_loads_or_is_refused(write(folder, tables))


@patient
@given(content=st.binary() | TEXTS.map(str.encode))
def test_arbitrary_bytes_load_or_are_refused(folder: Path, content: bytes) -> None:
    """Whatever a file holds, only a ``SpecError`` comes out."""
    path = folder / "circles.toml"
    path.write_bytes(content)
    assert_loads_or_is_refused(path)


class Counted(dict):
    """A table that counts how often all of its keys are gone through."""

    count = 0

    def __iter__(self):
        self.count += 1
        return super().__iter__()


def test_each_unknown_key_does_not_cost_a_look_at_all(file: Path) -> None:
    """The first of a thousand is found without going through the file for each of them."""
    tables = Counted({f"k{number}": 1 for number in range(1000)})
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(dict(tables))
    before = tables.count
    message = messages.explain(caught.value, tables, Experiment)
    assert message.startswith("top level: k0: unknown key. ")
    assert tables.count - before < 10

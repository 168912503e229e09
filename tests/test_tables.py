"""Tables: their numbers against the study, and their Markdown against Pandoc."""

import json

import numpy as np
import pandas as pd
import pypandoc
import pytest

from circles.report.table import pipe_table
from circles.report.tables import list_tables
from samples import make_example, make_study, make_variant

ODD = "A | line * with <marks> & {{< odd >}} $letters$ \\ _x_"
NETWORK = make_variant(
    "network",
    title=ODD,
    tutorial_name="model_circles_6",
    published={"loss": 0.0241, "accuracy": 1.0},
)
LINE = make_variant("line", ((1, "linear"),))


@pytest.fixture
def study():
    """Return a study of a network with published figures and a line without, on their data."""
    return make_study(NETWORK, LINE, samples=1000)


def _table(study, name):
    return list_tables(study.experiment)[name](study)


def _rows(table):
    """Return the texts of all rows of a table, as Pandoc reads its Markdown."""
    document = json.loads(pypandoc.convert_text(table.markdown, "json", "markdown"))
    (block,) = document["blocks"]
    assert block["t"] == "Table"
    head, bodies = block["c"][3], block["c"][4]
    rows = [*head[1], *(row for body in bodies for row in body[3])]
    return [[_text(cell[4]) for cell in row[1]] for row in rows]


def _text(blocks):
    inlines = [inline for block in blocks for inline in block["c"]]
    return "".join(
        inline["c"][1] if inline["t"] == "Math" else inline.get("c", " ") for inline in inlines
    )


def test_every_table_is_one_for_pandoc(study):
    """Whatever a title holds, each table has as many cells in every row as it has columns."""
    for make in list_tables(study.experiment).values():
        table = make(study)
        rows = _rows(table)
        assert {len(row) for row in rows} == {len(table.columns)}
        assert len(rows) == 1 + len(next(iter(table.cells.values())))


def test_an_odd_title_reads_as_typed(study):
    """A title with marks of Markdown, HTML and shortcodes is text in a cell."""
    assert _rows(_table(study, "settings"))[1][0] == ODD


def test_a_variant_has_its_own_table(study):
    """Names follow the variants, after the tables of the whole experiment."""
    names = list(list_tables(study.experiment))
    assert names[-2:] == ["architecture-network", "architecture-line"]


def test_the_data_are_shown_by_head_and_tail():
    """Five rows, a gap, five rows, with the index and six decimals; the frame has every row."""
    study = make_study(samples=1000)
    table = _table(study, "data")
    rows = _rows(table)
    assert rows[1] == ["0", "0.754246", "0.231481", "1"]
    assert rows[6] == ["…"] * 4
    assert rows[-1] == ["999", "0.281057", "0.963824", "0"]
    assert len(rows) == 12
    np.testing.assert_array_equal(table.frame[["x1", "x2"]], study.split.X)


def test_ten_points_have_no_gap():
    """A sample that head and tail cover is shown whole."""
    rows = _rows(_table(make_study(samples=10), "data"))
    assert [row[0] for row in rows[1:]] == [str(row) for row in range(10)]


def test_shapes_and_label_counts(study):
    """Both samples have their shapes and counts of labels."""
    assert _rows(_table(study, "shapes"))[1:] == [
        ["training", "(1000, 2)", "(1000,)", "500", "500"],
        ["held-out", "(1000, 2)", "(1000,)", "500", "500"],
    ]


def test_settings_tell_what_differs():
    """Keys that are set stand with the optimizer; what some set otherwise has a column."""
    other = make_variant(
        "other",
        optimizer={"name": "sgd", "momentum": 0.9, "nesterov": True},
        learning_rate={"schedule": "cosine", "initial": 0.5, "decay_steps": 100},
        initializer="he_normal",
    )
    table = _table(make_study(make_variant("network"), other), "settings")
    rows = [
        dict(zip(table.cells, row, strict=True)) for row in zip(*table.cells.values(), strict=True)
    ]
    heads = "Optimizer", "Learning rate", "Schedule", "First weights"
    assert [[row[head] for head in heads] for row in rows] == [
        ["Adam", "0.01", "constant", "Glorot uniform"],
        [
            *("gradient descent (momentum 0.9, nesterov)", "0.5"),
            *("cosine decay (decay steps 100)", "He normal"),
        ],
    ]
    assert "Loss" not in table.cells


def test_every_option_of_a_variant_is_explained_once():
    """Each optimizer, loss and so on that some variant has, with its formula."""
    others = [make_variant(name, optimizer=name) for name in ("sgd", "adamw")]
    table = _table(make_study(make_variant("network"), *others), "options")
    assert table.cells["Name"] == [
        *("Glorot uniform", "constant", "cross-entropy"),
        *("Adam", "AdamW", "gradient descent"),
    ]
    assert table.cells["Formula"][1] == r"$\eta_t = \eta_0$"


def test_settings_tell_how_a_variant_is_built(study):
    """Layers read in a line; parameters are weights and biases; rates keep their digits."""
    row = _rows(_table(study, "settings"))[1]
    assert row[1:] == ["model_circles_6", "4 relu → 1 sigmoid", "17", "Adam", "0.01", "3", "32"]


def test_outcomes_are_those_of_the_runs():
    """The reference run stands beside the median, the middle and the rates of all runs."""
    numbers = {
        "loss": np.array([0.3, 0.2, 0.1]),
        "accuracy": np.array([1.0, 0.5, 0.75]),
        "held_out_accuracy": np.array([0.1, 0.2, 0.9]),
    }
    table = _table(make_study(LINE, runs=numbers), "outcomes")
    expected = ["0.1000", "0.7500", "0.9000", "0.2000", "0.1100 to 0.8300"]
    assert _rows(table)[1][1:6] == expected
    rates = ["1 of 3 (6.1\xa0%\xa0to\xa079.2\xa0%)", "0 of 3, never\xa0(proved)"]
    assert _rows(table)[1][6:] == rates
    assert table.frame.loc[0, "exact_low"] < 1 / 3 < table.frame.loc[0, "exact_high"]


def test_a_diverged_run_is_told_in_words():
    """A loss that is not a number reads as words, in a table that is still a table."""
    table = _table(make_study(NETWORK, runs={"loss": np.full(3, np.nan)}), "outcomes")
    assert _rows(table)[1][1] == "not finite"


def test_published_figures_have_their_place():
    """Each published figure is a row, with ours under the same seed and its place among all."""
    numbers = {"loss": np.array([0.3, 0.2, 0.1]), "accuracy": np.array([1.0, 0.5, 0.75])}
    rows = _rows(_table(make_study(NETWORK, LINE, runs=numbers, samples=1000), "published"))
    assert [row[1:] for row in rows[1:]] == [
        ["loss", "0.0241", "0.1000", "0.2000", "0.1000 to 0.3000", "below all 3 runs"],
        [
            "accuracy",
            "1.0000",
            "0.7500",
            "0.7500",
            "0.5000 to 1.0000",
            "above 2, equal to 1 of 3 runs",
        ],
    ]


def test_nothing_published_is_an_empty_table():
    """Without published figures the table has no rows, and no error."""
    assert _table(make_study(LINE), "published").frame.empty


def test_what_does_not_apply_has_no_table():
    """Baselines, repairs and examples are there only for experiments that have them."""
    some = {"baselines", "repairs", "examples"}
    softmax = make_variant("soft", ((3, "softmax"),), loss="sparse_categorical_crossentropy")
    rings = make_study(softmax, kind="rings", classes=3, noise=0.1)
    assert some.isdisjoint(list_tables(rings.experiment))
    repair = make_variant("repair", repairs=["line"])
    example = make_example("moons", "moons", make_variant("bent"), noise=0.1)
    full = make_study(LINE, repair, examples=[example])
    assert some <= set(list_tables(full.experiment))


def test_a_table_of_several_labels_counts_each_set():
    """Points with two labels are counted by which they have, and shown with both."""
    study = make_study(make_variant("two", ((2, "sigmoid"),)), kind="discs", overlap=0.4)
    first, second = study.split.y.T
    row = _rows(_table(study, "shapes"))[1]
    both, neither = sum(first * second), sum((1 - first) * (1 - second))
    assert (row[3], row[6]) == (str(neither), str(both))
    assert list(_table(study, "data").frame) == ["x1", "x2", "label 1", "label 2"]


def test_outcomes_of_a_variant_add_up_to_its_runs(study):
    """Each run is counted once, under a title of the rules' table."""
    counts = _table(study, "outcomes-by-variant").frame
    assert (counts.iloc[:, 1:-1].sum(axis=1) == 3).all()
    assert set(counts.columns[1:-1]) <= set(_table(study, "outcome-rules").frame["Outcome"])


def test_repairs_stand_beside_what_they_repair():
    """Both ends of a pair are in one row, with an arrow, as cells and as numbers."""
    accuracy = np.array([1.0, 0.5, 0.75])
    study = make_study(LINE, make_variant("repair", repairs=["line"]), runs={"accuracy": accuracy})
    table = _table(study, "repairs")
    row = _rows(table)[1]
    assert row[:2] == ["Variant line", "Variant repair"]
    assert row[3:] == ["0.7500 → 0.7500", "1 of 3 → 1 of 3"]
    assert table.frame[["broken", "repaired"]].to_numpy().tolist() == [row[:2]]


def test_examples_have_a_row_for_each_network():
    """The rows come example by example, with the layers and the exact rate."""
    example = make_example("moons", "moons", make_variant("one"), make_variant("two"), noise=0.1)
    rows = _rows(_table(make_study(examples=[example]), "examples"))
    assert [row[1] for row in rows[1:]] == ["Variant one", "Variant two"]
    assert rows[1][2] == "4 relu → 1 sigmoid"


def test_examples_of_which_one_has_a_best_possible_accuracy(tmp_path):
    """No run on a table is said to be close, and the caption does not lend it the other's best."""
    rows = "".join(f"{n},{n * n % 7},{'ab'[n % 2]}\n" for n in range(20))
    (tmp_path / "points.csv").write_text(f"x,y,kind\n{rows}")
    drawn = make_example("moons", "moons", make_variant("one"), noise=0.1)
    dataset = {"kind": "csv", "path": "points.csv", "random_state": 1}
    read = make_example("own", "moons", make_variant("two")) | {"dataset": dataset}
    both = _table(make_study(examples=[drawn, read], folder=tmp_path), "examples")
    _, one, other = _rows(both)
    assert (" of 3 (" in one[-1], other[-1]) == (True, "–")
    assert "the best possible" not in both.caption
    assert "the best possible" in _table(make_study(examples=[drawn]), "examples").caption


def test_architecture_counts_parameters_by_layer(study):
    """Each layer has its units times its inputs and one; they add up to the variant's."""
    table = _table(study, "architecture-network")
    assert _rows(table)[1:] == [
        ["1", "4", "relu", "(n, 4)", "12"],
        ["2", "1", "sigmoid", "(n, 1)", "5"],
    ]
    assert "17 parameters" in table.caption


def test_the_rule_has_the_proportions_of_the_columns():
    """The rule is as long as the longest cell, with the colon where the text begins or ends."""
    cells = pd.DataFrame({"a": ["long words"], "b": ["1"]})
    assert pipe_table(cells, {"a"}).splitlines() == [
        "| a          |   b |",
        "| :--------- | --: |",
        "| long words |   1 |",
    ]

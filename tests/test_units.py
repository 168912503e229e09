"""A table's own units and names: standardised for the models, and shown to people as they are."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.figure import Figure
from matplotlib.text import Text

from circles.analysis.boundary import predict
from circles.analysis.outcomes import is_straight
from circles.experiment import data_code
from circles.experiment.data import make_split
from circles.experiment.scaler import Scaler
from circles.experiment.spec import SpecError, load
from circles.experiment.split import Split
from circles.report.captions import describe_figure, describe_table
from circles.report.context import make_context
from circles.report.figures import list_figures, render
from circles.report.figures.labels import name_answer, name_points
from circles.report.figures.palette import cut
from circles.report.figures.plane import choose_ticks
from circles.report.files_of import as_csv
from circles.report.numbers import as_given, as_measured
from circles.report.tables import list_tables
from circles.training.trials import list_trials
from samples import make_split_of, make_study, make_variant

NETWORK = make_variant("network")
LINE = make_variant("line", ((1, "sigmoid"),), repairs=["network"])
SOFTMAX = {"loss": "sparse_categorical_crossentropy"}
HEAD = "minutes,weight_g,kind"
OURS = ("x₁", "x₂", "class 0", "class 1", "label 0")


def make_rows(scales=(4.0, 800.0), means=(35.0, 4000.0), classes=("a", "b"), rows=40):
    """Return rows of two features and a class that no line parts from the others."""
    X = np.random.default_rng(5).normal(size=(rows, 2))
    places = X * scales + means
    return [
        f"{x!r},{y!r},{classes[row % len(classes)]}"
        for row, (x, y) in enumerate(places.round(9).tolist())
    ]


def make_table(folder, rows=None, head=HEAD, variants=(NETWORK, LINE), **fields):
    """Return a made-up study of the points of a table in ``folder``."""
    (folder / "points.csv").write_text("\n".join([head, *(rows or make_rows())]), "utf-8")
    table = {"kind": "csv", "path": "points.csv", "random_state": 1} | fields
    return make_study(*variants, folder=folder, **table)


def make_pictures(study):
    """Return every figure of ``study``, by name."""
    return {name: make(study) for name, make in list_figures(study.experiment).items()}


def draw(picture):
    """Return ``picture`` on a figure that has been laid out."""
    figure = Figure(figsize=picture.size, layout="constrained")
    picture.draw(figure)
    figure.draw_without_rendering()
    return figure


def read_figure(figure):
    """Return every text that is drawn on ``figure``."""
    return {text.get_text() for text in figure.findobj(Text)}


# The scale


def test_the_features_of_a_table_are_standardised(tmp_path):
    """By the mean and the deviation of the training part alone, in both parts."""
    scaled = make_table(tmp_path).split
    raw = make_table(tmp_path, scale="none").split
    mean, std = raw.X.mean(axis=0), np.sqrt(((raw.X - raw.X.mean(axis=0)) ** 2).mean(axis=0))
    np.testing.assert_allclose(scaled.X, (raw.X - mean) / std, atol=1e-12)
    np.testing.assert_allclose(scaled.held_out_X, (raw.held_out_X - mean) / std, atol=1e-12)
    np.testing.assert_array_equal(scaled.points, raw.X)
    np.testing.assert_allclose(scaled.original(scaled.held_out_X), raw.held_out_X)
    np.testing.assert_allclose(raw.unit, std)
    assert raw.scaler is None


def test_a_feature_that_does_not_vary_is_zero(tmp_path):
    """It is divided by one, so that every number stays finite."""
    rows = [f"7.5,{row},{'ab'[row % 2]}" for row in range(20)]
    split = make_table(tmp_path, rows).split
    assert (split.X[:, 0] == 0).all()
    assert split.spread[0] == 1
    assert (split.original(split.X)[:, 0] == 7.5).all()


@pytest.mark.parametrize("scale", ["standard", "none"])
def test_the_printed_program_scales_as_we_do(tmp_path, monkeypatch, scale):
    """What a reader runs beside the table gives the points of the report to the last bit."""
    study = make_table(tmp_path, scale=scale)
    dataset, names = study.experiment.dataset, {}
    monkeypatch.chdir(tmp_path)
    lines = [*data_code.data_imports(dataset), data_code.data_code(dataset)]
    exec(compile("\n".join(lines), "program", "exec"), names)  # noqa: S102 - the code is our own
    for name in ("X", "y", "held_out_X", "held_out_y"):
        np.testing.assert_array_equal(names[name], getattr(study.split, name))
    assert ("scaler" in names) == (scale == "standard")


def test_what_is_drawn_has_no_scale():
    """The sources of a generated data set's results are what they were."""
    (trial, *_) = list_trials(make_study().experiment).values()
    dataset = trial.tasks()[0].facts()["dataset"]
    assert "scale" not in dataset
    assert make_study().split.scaler is None


def test_the_scale_decides_a_result(tmp_path):
    """Results on standardised features are not those on the features as they are."""
    studies = make_table(tmp_path), make_table(tmp_path, scale="none")
    addresses = {
        trial.tasks()[0].address()
        for study in studies
        for trial in [list_trials(study.experiment)["line"]]
    }
    assert len(addresses) == 2


def test_an_unknown_scale_is_refused(tmp_path):
    """With what is allowed."""
    (tmp_path / "points.csv").write_text("\n".join([HEAD, *make_rows()]))
    (tmp_path / "circles.toml").write_text(
        'title = "T"\nseeds = 1\nreference_seed = 1\n[dataset]\nkind = "csv"\n'
        'path = "points.csv"\nrandom_state = 1\nscale = "minmax"\n[[variant]]\nname = "a"\n'
        'title = "A"\nlayers = [{ units = 1 }]\nlearning_rate = 0.1\nepochs = 1\n'
    )
    with pytest.raises(SpecError, match=r"\[dataset\]: scale: .*standard.*none.*'minmax'"):
        load(tmp_path / "circles.toml")


SIZES = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(
    arrays(float, (6, 2), elements=SIZES),
    arrays(float, (2,), elements=st.sampled_from([1e-6, 1.0, 1e6])),
    arrays(float, (3, 2), elements=st.floats(-10, 10)),
    arrays(float, (3,), elements=st.floats(-10, 10)),
)
def test_a_line_gives_the_same_sums_in_either_units(X, scales, kernels, biases):
    """Weights in the features' own units are those of the standardised features, transformed."""
    X = X * scales
    scaler = Scaler.of(X)
    split = Split(scaler.standardise(X), np.zeros(6, int), X, X, scaler=scaler, unscaled_X=X)
    ours, offsets = split.original_line(kernels, biases)
    sums = split.X @ kernels.T + biases
    rounding = 1e-13 * (np.abs(ours) @ np.abs(X.T).max(axis=1) + np.abs(offsets) + 1)
    assert (np.abs(X @ ours.T + offsets - sums) <= rounding + 1e-9).all()
    sizes = np.abs(X).max(axis=0)
    assert (np.abs(split.original(split.X) - X) <= 1e-13 * (sizes + 1e-300)).all()


def test_straight_is_judged_in_units_of_the_features(tmp_path):
    """Without standardising, a bend in the smaller feature is as crooked as with it."""
    variant = make_study(make_variant("bent", ((1, "relu"), (1, "linear")))).variants[0]
    square = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
    weights = [np.array([[1.0], [0]]), np.zeros(1), np.array([[1.0]]), np.array([0.5])]
    bend = [np.array([[1.0, 0], [0, 1]]), np.zeros(2), np.array([[1.0], [1]]), np.array([0.3])]
    two = make_study(make_variant("bent", ((2, "relu"), (1, "linear")))).variants[0]
    unit = np.array([1e-6, 1e3])
    moved = [bend[0] / unit[:, np.newaxis], *bend[1:]]
    wide = make_split_of(square * unit, unit=unit)
    assert not is_straight(two, bend, make_split_of(square))
    assert not is_straight(two, moved, wide)
    assert is_straight(variant, weights, make_split_of(square)) == is_straight(
        variant, [weights[0] / unit[:, np.newaxis], *weights[1:]], wide
    )


# Axes


def is_filled(ax, figure, least=0.6):
    """Return whether a map is as wide or as high as most of its figure."""
    box = ax.get_window_extent()
    return box.width > least * figure.bbox.width and box.height > 0.4 * figure.bbox.height


SCALES = {
    "alike": (1.0, 1.0),
    "minutes and grams": (4.0, 800.0),
    "a million apart": (1e-3, 1e3),
    "reversed": (1e4, 1e-4),
}


@pytest.mark.parametrize("scale", ["standard", "none"])
@pytest.mark.parametrize("name", ["boundary-network", "kinks-network", "separability", "data"])
@pytest.mark.parametrize("scales", SCALES.values(), ids=SCALES)
def test_a_map_fills_its_panel(tmp_path, scales, name, scale):
    """Whatever the units of the features are, standardised or not."""
    study = make_table(tmp_path, make_rows(scales, (0, 0)), scale=scale)
    figure = draw(list_figures(study.experiment)[name](study))
    assert is_filled(figure.axes[0], figure)


def test_axes_are_equal_where_ranges_are_alike(tmp_path):
    """A circle is round there; a generated data set has equal axes in any case."""
    for scales, aspect in (((1.0, 1.0), 1.0), ((1.0, 100.0), "auto")):
        study = make_table(tmp_path, make_rows(scales, (0, 0)), scale="none")
        figure = draw(list_figures(study.experiment)["boundary-network"](study))
        assert figure.axes[0].get_aspect() == aspect
    blobs = make_study(kind="blobs", centres=2, spread=0.01)
    assert draw(list_figures(blobs.experiment)["data"](blobs)).axes[0].get_aspect() == 1


@pytest.mark.parametrize("name", ["boundary-network", "kinks-network", "best-line", "lift"])
def test_ticks_are_round_in_the_own_units(tmp_path, name):
    """A tick stands where the feature has the value that it says."""
    study = make_table(tmp_path)
    ax = draw(list_figures(study.experiment)[name](study)).axes[0]
    for feature, axis in enumerate((ax.xaxis, ax.yaxis)):
        described = [float(label.get_text().replace("−", "-")) for label in axis.get_ticklabels()]
        places = np.zeros((len(described), 2))
        places[:, feature] = axis.get_ticklocs()
        np.testing.assert_allclose(study.split.original(places)[:, feature], described)
        assert len(described) > 1
        low, high = axis.get_view_interval()
        assert low <= min(axis.get_ticklocs()) <= max(axis.get_ticklocs()) <= high
    assert [ax.get_xlabel(), ax.get_ylabel()] == ["minutes", "weight_g"]


@given(
    st.floats(-1, 1),
    st.floats(1e-3, 1),
    st.integers(-30, 30),
    st.booleans(),
)
def test_ticks_can_be_read_at_any_size(low, extent, power, whole):
    """They are few and short, and with what the axis says they give their values back."""
    low, high = low * 10.0**power, (low + extent) * 10.0**power
    values = np.array([low, high])
    if whole:
        values = np.round(values)
        if values[0] == values[1]:
            return
        low, high = map(float, values)
    ticks = choose_ticks(low, high, values)
    assert 1 <= len(ticks.texts) <= 7
    assert max(map(len, ticks.texts)) <= 9
    described = np.array([float(text.replace("−", "-")) for text in ticks.texts])
    back = described * 10.0**ticks.power + ticks.shift
    np.testing.assert_allclose(back, ticks.values, atol=1e-6 * (high - low))
    assert len(set(ticks.texts)) == len(ticks.texts)


@pytest.mark.parametrize(
    ("low", "high", "texts", "label"),
    [
        (30, 44, ["30", "35", "40"], "t"),
        (3e6, 5.4e6, ["3.0", "3.5", "4.0", "4.5", "5.0"], "t / 10⁶"),
        (1.7e9, 1.7e9 + 100, ["0", "20", "40", "60", "80", "100"], "t − 1700000000"),
        (2e-5, 4e-5, ["20", "25", "30", "35", "40"], "t / 10⁻⁶"),
        (-5.0002e6, -5.0001e6, ["0", "20", "40", "60", "80", "100"], "t + 5000200"),
    ],
)
def test_long_numbers_are_shortened_by_the_axis(low, high, texts, label):
    """By a power of ten, or by what all of them share, and the name of the axis says which."""
    ticks = choose_ticks(low, high, np.array([low, high]))
    assert (ticks.texts, ticks.label("t")) == (texts, label)


def test_whole_numbers_have_whole_ticks_and_a_constant_has_one():
    """There is no class 1.5 on a ship."""
    assert choose_ticks(0.8, 3.2, np.array([1.0, 2, 3])).texts == ["1", "2", "3"]
    assert choose_ticks(7.4, 7.6, np.array([7.5, 7.5])).texts == ["7.5"]


# Names


def list_texts(study):
    """Return all that is said of ``study`` in words and in numbers, apart from what is drawn."""
    pictures = make_pictures(study)
    tables = {
        name: make(study)
        for name, make in list_tables(study.experiment).items()
        if name not in {"published", "examples"}
    }
    described = {name: describe_figure(picture) for name, picture in pictures.items()}
    read = {name: describe_table(table) for name, table in tables.items()}
    context = make_context("A title", study, described, read)
    frames = [one.frame() for one in pictures.values()] + [one.frame for one in tables.values()]
    return [
        *(f"{one}" for one in described.values()),
        *(f"{one}" for one in read.values()),
        *(as_csv(frame).decode() for frame in frames),
        f"{context['lines']}{context['features']}{context['chance']}{context['data']}",
    ]


@pytest.mark.parametrize("scale", ["standard", "none"])
def test_a_table_is_told_in_its_own_words(tmp_path, scale):
    """Captions, alternative texts, tables, downloads and chapters know no x₁ and no class 0."""
    study = make_table(tmp_path, scale=scale)
    assert [text for text in list_texts(study) if any(name in text for name in OURS)] == []
    said = "".join(list_texts(study))
    assert all(name in said for name in ("minutes", "weight_g", "kind = a", "kind = b"))


def test_a_table_is_drawn_in_its_own_words(tmp_path):
    """So do axes and legends of all figures, with three classes too."""
    three = (
        make_variant("bent", ((4, "relu"), (3, "softmax")), **SOFTMAX),
        make_variant("flat", ((3, "softmax"),), **SOFTMAX),
    )
    rows = make_rows(classes=("Adelie", "Chinstrap", "Gentoo"))
    for study, classes in (
        (make_table(tmp_path), {"a", "b"}),
        (make_table(tmp_path, rows, variants=three), {"Adelie", "Chinstrap", "Gentoo"}),
    ):
        pictures = make_pictures(study)
        texts = {name: read_figure(draw(picture)) for name, picture in pictures.items()}
        every = set().union(*texts.values())
        assert not {name for name in OURS if any(name in text for text in every)}
        assert {"minutes", "weight_g"} <= texts["data"]
        assert classes <= texts["data"]
        assert classes <= set().union(*(texts[name] for name in texts if "boundary-" in name))


def test_a_generated_data_set_keeps_its_names():
    """It has no others."""
    study = make_study()
    assert {"x₁", "x₂", "class 0"} <= read_figure(draw(make_pictures(study)["data"]))
    assert list(make_pictures(study)["data"].frame().columns) == ["x1", "x2", "label"]


def test_classes_that_are_numbers_have_their_column_before_them(tmp_path):
    """In a legend a number alone could be anything; answers that are no class are outputs."""
    split = make_table(tmp_path, make_rows(classes=("1", "3")), "age,fare,pclass").split
    assert name_points(split) == {0: "pclass = 1", 1: "pclass = 3"}
    assert [name_answer(number, split) for number in (1, 3)] == ["pclass = 3", "output 3"]


def test_the_data_are_tabulated_as_the_file_has_them(tmp_path):
    """No digit of a time stamp is rounded away, and whole numbers have no decimals."""
    rows = [f"{1700000123 + row},{45.123456789012 + row},{'ab'[row % 2]}" for row in range(40)]
    study = make_table(tmp_path, rows)
    frame = pd.read_csv(io.BytesIO(as_csv(make_pictures(study)["data"].frame())), dtype=str)
    lines = set((tmp_path / "points.csv").read_text().splitlines()[1:])
    assert list(frame.columns) == HEAD.split(",")
    assert {",".join(row) for row in frame.itertuples(index=False)} < lines


ODD = {
    "formulas and marks": ("=HYPERLINK(0)", "<i>$\\frac{a}{b}$", "@kind"),
    "signs and underscores": ("-1+x", "__y", "a|b"),
    "computed columns": ("point", "weight", "label"),
    "more of them": ("corners", "x1", "output"),
    "blanks and long": ("a" * 120, "a  b", "c" * 118),
}


@pytest.mark.parametrize("names", ODD.values(), ids=ODD)
def test_any_names_are_shown(tmp_path, names):
    """All figures are drawn and tabulated; no two columns are called alike, none is a formula."""
    head = ",".join(f'"{name}"' for name in names)
    rows = make_rows(classes=(f'"{names[2]} z"', '"_other, of two"'))
    study = make_table(tmp_path, rows, head)
    assert all(text for text in list_texts(study))
    for picture in make_pictures(study).values():
        columns = as_csv(picture.frame()).decode().splitlines()[0]
        assert picture.frame().columns.is_unique
        assert not columns.startswith(("=", "+", "-", "@"))
    picture = make_pictures(study)["data"]
    drawn = read_figure(draw(picture))
    assert {cut(names[0], 40), cut(names[1], 40), " _other, of two"} <= drawn
    assert render(picture, "svg")


def test_a_mean_is_of_the_tables_own_numbers(tmp_path):
    """A point of the other class that is out of all proportion does not take its digits."""
    rows = make_rows(scales=(1, 1), means=(35, 400))
    study = make_table(tmp_path, [*rows, "1e29,400,a", "1e29,400,a", "1e29,401,a"])
    places = study.split.points[study.split.y == 1]
    described = make_pictures(study)["data"].alt.split("b: ", 1)[1]
    assert f"their mean at minutes {as_measured(places[:, 0].mean(), 1e29)}, " in described
    assert places[:, 0].mean() == pytest.approx(35, abs=1)


def test_a_point_of_the_proof_is_in_own_units(tmp_path):
    """The certificate's mean is told and tabulated where the table has it."""
    study = make_table(tmp_path)
    picture = make_pictures(study)["separability"]
    frame, answer = picture.frame(), study.separation
    place = study.split.original(answer.point)
    for label in ("a", "b"):
        some = frame[frame["kind"] == label]
        features = some[["minutes", "weight_g"]].to_numpy(float)
        np.testing.assert_allclose(some["weight"] @ features, place)
    assert f"The point with minutes {place[0]:.3f}, weight_g {place[1]:.1f} is" in picture.alt
    assert "kind = b" in picture.alt


def test_lines_and_corners_are_in_own_units(tmp_path):
    """What downloads say of lines is true of the table's own numbers."""
    study = make_table(tmp_path)
    pictures, split = make_pictures(study), study.split
    best = pictures["best-line"].frame().iloc[0]
    sums = split.points @ best[["normal minutes", "normal weight_g"]].to_numpy(float)
    assert np.mean((sums + best["offset"] > 0) == split.y) == study.best_line.accuracy
    kinks = pictures["kinks-network"]
    frame = kinks.frame()
    units = frame[frame["mark"] == "unit"]
    kernel = units[["weight of minutes", "weight of weight_g"]].to_numpy(float)
    variant = study.variants[0]
    below = variant.model_copy(update={"layers": variant.layers[:1]})
    hidden = predict(below, study.reference_weights(variant)[:2], split.X)
    ours = np.maximum(0, split.points @ kernel.T + units["bias"].to_numpy())
    np.testing.assert_allclose(ours, hidden, atol=1e-9)
    corners = frame[frame["mark"] == "corner"][["minutes", "weight_g"]].to_numpy(float)
    np.testing.assert_allclose(corners, split.original(kinks.corners))


def test_a_map_is_tabulated_in_own_units(tmp_path):
    """The grid of a boundary lies around the table's points, and its answers are classes."""
    study = make_table(tmp_path)
    frame = make_pictures(study)["boundary-line"].frame()
    low, high = study.split.points.min(axis=0), study.split.points.max(axis=0)
    places = frame[["minutes", "weight_g"]].to_numpy()
    margin = 0.1 * study.split.spread
    np.testing.assert_allclose(
        [places.min(axis=0), places.max(axis=0)], [low - margin, high + margin]
    )
    assert set(frame["label"]) <= {"a", "b"}


def test_numbers_are_as_exact_as_their_spread():
    """Three digits of the deviation, whatever the size; a file's digits stay."""
    assert as_measured(3668.123, 904) == "3668"
    assert as_measured(12.0349, 1.35) == "12.03"
    assert as_measured(-2e-7, 1e-7) == "−2.00 × 10⁻⁷"
    assert as_measured(0, 5) == "0"
    assert [as_given(value) for value in (33.7, -3668.0, 1e30)] == ["33.7", "−3668", "1 × 10³⁰"]


def test_a_split_with_other_points_is_still_drawn(tmp_path):
    """What replaces the points of a table keeps its names."""
    split = make_table(tmp_path).split
    assert replace(split, X=split.X[:3], y=split.y[:3]).class_names == ("a", "b")
    assert make_split(make_study().experiment.dataset).class_names == ()


def test_the_name_of_a_weight_is_not_cut(tmp_path):
    """It is set in two lines where the name of its feature is as long as many are."""
    head = "Bill length (mm),Flipper length (mm),kind"
    figure = draw(make_pictures(make_table(tmp_path, head=head))["loss-surface"])
    shown = [axis.get_label_text() for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis)]
    names = ("Bill length (mm)", "Flipper length (mm)")
    assert [" ".join(text.split()) for text in shown] == [
        f"weight of {name} (standardised)" for name in names
    ]
    assert max(len(line) for text in shown for line in text.split("\n")) <= 32

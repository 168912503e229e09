"""Figures: the numbers of their records, their words, and the bytes that they become."""

import hashlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray

from circles.analysis import statistics
from circles.report.figures import list_figures, palette, render, save
from circles.report.figures.activations import ActivationsPicture
from circles.report.figures.history import HistoryCurve, HistoryPicture, draw_curve
from circles.report.figures.outcomes import OutcomeExamplesPicture
from circles.report.figures.palette import OF_ONE_COLUMN, map_height, region_handles, region_pixels
from circles.report.figures.picture import DARK_GROUND, NARROW, lay_out, renditions, small_panels
from circles.report.figures.regions import BoundariesPicture
from circles.report.figures.seeds import stack
from samples import make_study, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

LIMIT = 150_000  # bytes
ODD = "A $x_1$ of 50 % <b> & {{< odd >}} $\\frac{1 ^ $"


@pytest.fixture(scope="module")
def study():
    """Return a study of a network and a line under three seeds."""
    return make_study(
        make_variant("network", title="Four bends"),
        make_variant("line", ((1, "linear"),), title="A line"),
    )


def _picture(study, name):
    return list_figures(study.experiment)[name](study)


def test_every_variant_has_its_figures(study):
    """The figures of the experiment come first, then those that apply to each variant."""
    assert list(list_figures(study.experiment)) == [
        "data",
        "boundaries",
        "accuracy-over-seeds",
        "activations",
        "separability",
        "best-line",
        "loss-surface",
        "tangent",
        "polygon-bound",
        "lift",
        "baselines",
        "outcomes",
        "outcome-examples",
        "survival",
        "history-network",
        "boundary-network",
        "kinks-network",
        "best-kinks-network",
        "corners-network",
        "unfolded-network",
        "history-line",
        "boundary-line",
    ]


def test_listing_figures_loads_no_plotting_library():
    """A build that draws nothing does not wait for Matplotlib or pandas."""
    code = "import sys, circles.report.figures; print({'matplotlib', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.fixture(scope="module")
def drawn(study):
    """Return every figure of the study with its renditions."""
    pictures = {name: make(study) for name, make in list_figures(study.experiment).items()}
    return {name: (picture, renditions(picture)) for name, picture in pictures.items()}


def test_every_figure_is_drawn_told_and_tabulated(drawn):
    """Each figure is a sound SVG with a caption, an alternative text of its own, and numbers."""
    for picture, files in drawn.values():
        for content in files.values():
            assert ET.fromstring(content).tag.endswith("svg")  # noqa: S314
        assert picture.caption
        assert picture.alt
        assert picture.alt != picture.caption
        assert len(picture.frame()) > 0


LETTERS = re.compile(r"<text style=\"font-size: ([\d.]+)px;[^\"]*fill: (#\w{6})")
PHONE = 360 - 2 * 16  # pixels that a phone has for a figure, and text beside it
PRINTED = 448 / 504  # of its size a figure as wide as the page has in the PDF


def _negative(colour: str) -> NDArray[np.floating]:
    """Return a colour as a figure shows it in the dark: filters as the standard defines them."""
    from matplotlib.colors import to_rgb

    inverted = DARK_GROUND + np.array(to_rgb(colour)) * (1 - 2 * DARK_GROUND)
    luma = np.array([0.213, 0.715, 0.072])
    return np.clip(2 * luma @ inverted - inverted, 0, 1)  # hues turned by half a circle


def _contrast(one: Any, other: Any) -> float:
    """Return the contrast of two colours as WCAG defines it."""
    from matplotlib.colors import to_rgb

    channels = np.array([to_rgb(one), to_rgb(other)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return float((high + 0.05) / (low + 0.05))


def test_letters_are_text_large_enough_and_seen_on_light_and_dark_pages(drawn):
    """A figure is drawn for the width at which it is shown, for a phone a second time."""
    for name, (_, files) in drawn.items():
        for ending, content in files.items():
            text, phone = content.decode(), ending == ".narrow.svg"
            width = float(re.search(r'width="([\d.]+)pt"', text)[1])
            assert width <= NARROW * 72 + 0.01 or not phone
            scale = PHONE / (NARROW * 72) if phone else PRINTED
            letters = LETTERS.findall(text)
            assert letters, name
            assert min(float(size) for size, _ in letters) * scale >= (9 if phone else 7.5), name
            for colour in {ink for _, ink in letters} - {"#ffffff"}:  # that is on dark plates
                assert _contrast(colour, "#fdfdfb") > 4.5, (name, colour)
                assert _contrast(_negative(colour), "#14181e") > 4.5, (name, colour)
            assert 'style="fill: #ffffff"/>\n  </g>\n  <g id="axes_1">' not in text  # no ground


def test_a_phone_sees_no_row_of_empty_panels():
    """Nine small panels, four in a row on a page, stand there in five rows of two."""

    class Nine:
        size, caption, alt = (7.0, 6.0), "", ""

        def draw(self, figure):
            assert len(small_panels(figure, 9, 4)) == 9

    assert [len(lay_out(Nine(), narrow=narrow).axes) for narrow in (False, True)] == [12, 10]


def test_panels_that_belong_together_do_so_on_a_phone():
    """A function and its derivative below it stand side by side there, a pair in each row."""
    figure = lay_out(ActivationsPicture(), narrow=True)
    figure.draw_without_rendering()
    places = {ax.get_title(): ax.get_position() for ax in figure.axes}
    for name in ("linear", "sigmoid", "ReLU"):
        function, derivative = places[name], places[f"derivative of {name}"]
        assert function.y0 == pytest.approx(derivative.y0)
        assert function.x1 < derivative.x0


def test_numbers_of_a_wide_loss_axis_keep_apart():
    """A loss that falls over many powers of ten has its numbers at these alone."""
    loss = np.geomspace(20, 2e-3, 50)
    curve = HistoryCurve(loss, np.arange(1, 51), statistics.band(np.stack([loss] * 2)), 50)
    (variant,) = make_study(make_variant("wide")).variants
    picture = HistoryPicture(variant, 42, "the run", 2, curve, curve, 2)
    figure = lay_out(picture, narrow=True)
    figure.draw_without_rendering()
    ax = figure.axes[0]
    low, high = ax.get_ylim()
    numbers = [label for label in ax.get_yticklabels() if low < label.get_position()[1] < high]
    extents = sorted((label.get_window_extent() for label in numbers), key=lambda box: box.y0)
    assert len(numbers) > 2
    assert all(below.y1 < above.y0 for below, above in pairwise(extents))


@pytest.mark.parametrize("colour", [*palette.POINT_COLOURS.values(), palette.ACCENT, palette.GREY])
def test_lines_and_points_are_seen_on_light_and_dark_pages(colour):
    """Their contrast to the paper is that which WCAG asks of graphics."""
    assert _contrast(colour, "#fdfdfb") > 3
    assert _contrast(_negative(colour), "#14181e") > 3


def test_an_unchanged_figure_is_not_written_again(study, tmp_path):
    """Saving twice writes once, and both formats are what their names say."""
    picture = _picture(study, "history-line")
    path = tmp_path / "history.svg"
    assert save(picture, path)
    assert not save(picture, path)
    assert save(picture, tmp_path / "history.png")
    assert (tmp_path / "history.png").read_bytes().startswith(b"\x89PNG")


def test_a_readers_own_settings_do_not_reach_a_figure(study):
    """A figure is the same whatever a matplotlibrc says."""
    import matplotlib as mpl

    picture = _picture(study, "accuracy-over-seeds")
    before = render(picture, "svg")
    with mpl.rc_context({"font.size": 20, "lines.linewidth": 9, "axes.grid": True}):
        assert hashlib.sha256(render(picture, "svg")).digest() == hashlib.sha256(before).digest()


def test_figures_of_a_thousand_points_are_light():
    """No figure is over 150 kB: 1000 points, 2000 epochs, 64 runs, nine variants, long titles."""
    variants = [
        make_variant(
            f"v{number}", ((4, "relu"), (1, "linear")), title=ODD + " long" * 14, epochs=2000
        )
        for number in range(9)
    ]
    study = make_study(*variants, seeds=tuple(range(64)), samples=1000)
    shown = ("data", "boundaries", "accuracy-over-seeds", "history-v0", "boundary-v0")
    sizes = {name: len(render(_picture(study, name), "svg")) for name in shown}
    assert max(sizes.values()) < LIMIT, sizes


def test_any_number_of_points_is_light():
    """A large sample, spread out, is shown in part, and the caption says how large a part."""
    study = make_study(make_variant("network"), samples=5000, noise=0.5)
    for name in ("data", "boundary-network"):
        assert len(render(_picture(study, name), "svg")) < LIMIT
    assert "1\u202f200 of its 5\u202f000 points" in _picture(study, "data").caption


def test_many_variants_are_light_and_told():
    """With more variants than a figure can show, it shows the first and its caption says so."""
    study = make_study(*(make_variant(f"variant-{number}") for number in range(30)))
    for name in ("boundaries", "accuracy-over-seeds"):
        picture = _picture(study, name)
        assert len(render(picture, "svg")) < LIMIT
        assert "the first 24 of 30 variants" in picture.caption


def test_one_seed_is_enough(study):
    """A single run has no spread to tell of; everything else is drawn."""
    single = make_study(seeds=(5,))
    for make in list_figures(single.experiment).values():
        render(make(single), "svg")
    assert "median" not in _picture(single, "history-line").alt
    assert "median" in _picture(study, "history-line").alt


def test_odd_titles_are_text():
    """A title that looks like mathematics or HTML is drawn as typed, and escaped in a caption."""
    study = make_study(make_variant("odd", title=ODD, epochs=1))
    for name in ("boundaries", "boundary-odd", "history-odd", "baselines", "outcomes"):
        render(_picture(study, name), "svg")
    assert ODD in _picture(study, "boundaries").alt
    assert r"\$x\_1\$" in _picture(study, "history-odd").caption


def test_a_diverged_variant_has_its_figures():
    """A run whose numbers are not finite is drawn, with gaps, and told in words."""
    nothing = np.full((3, 3), np.nan)
    diverged = {
        "loss": nothing[0],
        "history_loss": nothing,
        "reference_loss": nothing[0],
        "weights": (np.full((3, 2, 1), np.nan), np.full((3, 1), np.nan)),
    }
    study = make_study(make_variant("line", ((1, "linear"),)), runs=diverged)
    for name in ("boundary-line", "history-line", "best-line", "loss-surface"):
        render(_picture(study, name), "svg")
    assert "Nowhere in the window is there a label: the" in _picture(study, "boundary-line").alt
    assert (
        "begins at no finite number and ends at no finite number; "
        in _picture(study, "history-line").alt
    )
    assert ">no finite number</text>" in render(_picture(study, "history-line"), "svg").decode()


def test_a_run_on_its_way_to_infinity_is_told_in_short():
    """Not by ten thousand labels of thirty digits each."""
    huge = np.full((3, 3), 1e30)
    running = {
        "history_loss": huge,
        "reference_loss": huge[0],
        "weights": (np.full((3, 2, 1), 1e30), np.full((3, 1), 1e30)),
    }
    study = make_study(make_variant("line", ((1, "linear"),)), runs=running)
    said = _picture(study, "boundary-line").alt
    assert re.search(r"rounds to [\d\W]+ numbers, from −1\.\d × 10³⁰ to \d\.\d × 10³⁰\. ", said)
    assert "Loss begins at 1.0000 × 10³⁰ and ends at 1.0000 × 10³⁰" in (
        _picture(study, "history-line").alt
    )


# The words


def test_the_sample_is_told_by_its_radii(study):
    """The alternative text has each class's count and its measured distances from the origin."""
    radii = np.linalg.norm(study.split.X[study.split.y == 1], axis=1)
    expected = (
        f"Class 1: 30 points, at a distance of {radii.mean():.2f} from the origin on average, "
        f"between {radii.min():.2f} and {radii.max():.2f}."
    )
    assert expected in _picture(study, "data").alt


def test_the_history_is_told_by_its_ends(study):
    """The alternative text has the first and the last loss of the reference run, and the median."""
    runs = study.runs["line"]
    alt = _picture(study, "history-line").alt
    assert (
        f"Loss begins at {runs.reference_loss[0]:.4f} and ends at {runs.reference_loss[-1]:.4f}"
        in alt
    )
    assert f"the median of 3 runs ends at {np.median(runs.history_loss[:, -1]):.4f}" in alt


def test_the_boundary_is_told_by_its_shares():
    """The alternative text has each label's share of the tutorial's grid, and the accuracy."""
    weights = (np.tile([[1.0], [0.5]], (3, 1, 1)), np.full((3, 1), 0.7))
    study = make_study(make_variant("line", ((1, "linear"),)), runs={"weights": weights})
    picture = _picture(study, "boundary-line")
    frame = picture.frame()
    assert len(frame) == 100 * 100
    expected = np.round(frame["x1"] + 0.5 * frame["x2"] + 0.7)
    for label in (-1, 0, 1, 2):
        text = f"{label} on {100 * np.mean(expected == label):.1f}\u00a0%".replace("-", "−")
        assert text in picture.alt
    assert f"{study.runs['line'].accuracy[2]:.4f}" in picture.alt
    assert "may round to other numbers too" in picture.caption


def test_the_seeds_are_told_by_median_and_range():
    """The alternative text has the widest spread and the highest median."""
    published = {"loss": 0.7405, "accuracy": 0.505}
    line = make_variant("line", ((1, "linear"),), title="A line", published=published)
    study = make_study(line, samples=1000)
    accuracy = study.runs["line"].accuracy
    assert (
        f"Widest spread: A line, from {accuracy.min():.4f} to {accuracy.max():.4f}. Highest "
        f"median: {np.median(accuracy):.4f}, of A line."
        in _picture(study, "accuracy-over-seeds").alt
    )


def test_the_frame_of_a_history_has_every_epoch():
    """Numbers over all runs stand at the epochs that were kept, and nowhere else."""
    kept = {
        "history_epoch": np.array([1, 5]),
        "history_loss": np.array([[1.0, 2], [3, 4], [5, 6]]),
        "history_accuracy": np.ones((3, 2)),
        "reference_loss": np.arange(5.0),
        "reference_accuracy": np.ones(5),
    }
    study = make_study(make_variant("line", ((1, "linear"),), epochs=5), runs=kept)
    frame = _picture(study, "history-line").frame()
    assert frame["epoch"].tolist() == [1, 2, 3, 4, 5]
    assert frame["loss_seed_42"].tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(frame["loss_median"], [3, np.nan, np.nan, np.nan, 4])


def test_a_history_shows_the_points_that_are_watched():
    """Their loss and accuracy are a line of the reference run, as far as it went, and columns."""
    stopping = {"monitor": "val_loss", "patience": 2}
    network = make_variant("network", epochs=5, early_stopping=stopping, validation_split=0.2)
    watched = np.arange(15.0).reshape(3, 5) / 16
    ended = {"epochs_run": np.array([5, 5, 3]), "validation": (watched, 1 - watched)}
    picture = _picture(make_study(network, runs=ended), "history-network")
    frame = picture.frame()
    np.testing.assert_array_equal(
        frame["validation_loss_seed_42"], [*watched[2, :3], np.nan, np.nan]
    )
    figure = Figure(figsize=picture.size, layout="constrained")
    picture.draw(figure)
    for ax, values in zip(figure.axes, (watched[2, :3], 1 - watched[2, :3]), strict=True):
        np.testing.assert_array_equal(
            ax.get_lines()[2].get_xydata(), np.column_stack([[1, 2, 3], values])
        )
    assert "thin is the same run on its validation points" in picture.caption
    assert f"on the validation points at {watched[2, 2]:.4f}" in picture.alt


@pytest.mark.parametrize(
    ("loss", "height"),
    [("binary_crossentropy", np.log(2)), ("mean_squared_error", 0.25), ("hinge", 1.0)],
)
def test_a_guess_is_marked_in_the_units_of_the_loss(loss, height):
    """Dotted is the loss of an output that is the same for both labels."""
    picture = _picture(make_study(make_variant("network", loss=loss)), "history-network")
    figure = Figure(figsize=picture.size, layout="constrained")
    picture.draw(figure)
    (guide,) = [line for line in figure.axes[0].get_lines() if line.get_linestyle() == ":"]
    assert guide.get_ydata()[0] == height


# The drawing


def test_a_curve_goes_through_the_reference_run():
    """The bold line has the reference run's numbers, every one of them where there is room."""
    from circles.analysis.statistics import band

    curve = HistoryCurve(
        np.array([3.0, 2, 1]), np.array([1, 3]), band(np.array([[4.0, 5], [6, 7]]))
    )
    ax = Figure().subplots()
    draw_curve(curve, ax, "seed 42", spread=True)
    median, reference = ax.get_lines()
    np.testing.assert_array_equal(reference.get_xydata(), [[1, 3], [2, 2], [3, 1]])
    np.testing.assert_array_equal(median.get_xydata(), [[1, 5], [3, 6]])


def test_every_label_has_its_colour():
    """Labels from −2 to 3 differ in colour, those beyond are drawn as the ends, none as white."""
    pixels = region_pixels(np.array([[-7.0, -2, -1, 0, 1, 2, 3, 9, np.nan]]), *OF_ONE_COLUMN)[0]
    assert pixels[0].tolist() == pixels[1].tolist()
    assert pixels[6].tolist() == pixels[7].tolist()
    assert len({tuple(pixel) for pixel in pixels.tolist()}) == len(range(-2, 4)) + 1
    assert pixels[-1].tolist() == [255, 255, 255]


def test_the_legend_names_every_colour_that_is_shown():
    """Each label in the window has an entry; where labels share a colour, the entry says so."""
    from circles.analysis.boundary import Boundary

    labels = np.array([[-5.0, 0], [1, 12]])
    boundary = Boundary(np.arange(2.0), np.arange(2.0), 1, labels, labels)
    names = [handle.get_label() for handle in region_handles(boundary, make_study().split)]
    assert names == ["−2 or less", "0", "1", "3 or more"]


def test_equal_runs_stand_apart():
    """Equal accuracies are stacked symmetrically about the strip's middle, within its height."""
    offsets = stack(np.array([0.5, 0.5, 0.5, 1.0]))
    assert sorted(offsets[:3]) == pytest.approx([-0.2, 0, 0.2])
    assert offsets[3] == 0
    crowded = stack(np.full(1000, 0.5))
    assert (crowded.min(), crowded.max()) == (-1, 1)
    assert len(set(crowded)) == 1000


@pytest.mark.parametrize(
    ("xs", "ys", "height"),
    [
        ([0, 4], [0, 4.1], 2.0),  # a draw of circles is never quite square
        ([0, 4], [1, 3.8], 1.4),
        ([0, 1], [0, 100], 3.0),
        ([0, 100], [0, 1], 1.0),
        ([1, 1], [0, 1], 3.0),  # all on one line
    ],
)
def test_a_map_is_as_high_as_its_points_need(xs, ys, height):
    """Two inches wide, in tenths of the width, and never a sliver."""
    assert map_height(2.0, np.array(xs), np.array(ys)) == pytest.approx(height)


@pytest.mark.parametrize("kind", [BoundariesPicture, OutcomeExamplesPicture])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_legend_says_which_colour_is_which_label(kind, count):
    """Of many small maps too; two labels may be named in the caption instead."""
    output = ((count, "softmax"),)
    loss = "sparse_categorical_crossentropy"
    made = make_study(make_variant("a", output, loss=loss), kind="blobs", centres=count, spread=0.1)
    picture, figure = kind.of(made), Figure()
    picture.draw(figure)
    named = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    if "Blue is label 1, orange label 0" not in picture.caption:
        assert named == [f"class {number}" for number in range(count)]
    assert picture.alt.startswith(("1 map of the plane", "2 maps", "3 maps"))


def test_a_history_says_how_usual_its_run_is():
    """The run whose every epoch is recorded is the median run, or is told by its place."""
    held_out = {"held_out_accuracy": np.array([0.5, 0.8, 0.6])}
    usual = make_study(make_variant("network"), runs=held_out)
    assert "of the median run (seed 42)" in _picture(usual, "history-network").caption


@pytest.mark.parametrize(
    ("held_out", "place"),
    [
        ([0.7, 0.8, 0.6], "worse on held-out points than both others"),
        ([0.5, 0.6, 0.9, 0.7, 0.8], "no worse on held-out points than 3 of the 4 others"),
        ([0.4, 0.5, 0.6, 0.9, 0.45], "no worse on held-out points than 1 of the 4 others"),
        ([0.6, 0.7, 0.8], "no worse on held-out points than any other"),
    ],
)
def test_the_place_of_a_run_among_others_reads_well(held_out, place):
    """For none, one, some and all of the others; the first run is the best one on its points."""
    count = len(held_out)
    accuracy = np.array([0.9, *[0.5] * (count - 1)])
    ends = {"held_out_accuracy": np.array(held_out), "accuracy": accuracy}
    odd = make_study(make_variant("network"), seeds=(*range(count - 1), 42), runs=ends)
    said = f"of the run under seed 42, {place}, and the middle of all {count} runs"
    assert said in _picture(odd, "history-network").caption

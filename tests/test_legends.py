"""Legends: whatever the classes and variants are called, they can be read, and so can the rest."""

import io
from dataclasses import replace
from functools import cache
from itertools import combinations

import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.legend import Legend as Drawn
from matplotlib.transforms import Bbox

from circles.report.figures import list_figures, render
from circles.report.figures.legends import POINTS
from circles.report.figures.letters import use_fonts
from circles.report.figures.picture import lay_out
from circles.report.style import report_style
from extent import ALL
from samples import make_example, make_study, make_variant

SOFTMAX = {"loss": "sparse_categorical_crossentropy"}
NAMES = {
    "short": "abc",
    "of 22 letters": "building windows float",
    "of 60 letters": "no word of these sixty letters is ever left out of a legend!",
    "wide": "W" * 60,
    "emoji and Chinese": "🐧 building 建物の窓 float 🏠!",
    "Chinese": "阿德利企鹅属于企鹅科阿德利企鹅属" * 3 + "阿德利企鹅属于企鹅科阿德",
}
SLACK = 0.7  # points


@cache
def sample(classes):
    """Return a made-up study of so many classes."""
    if classes == 2:
        examples = [make_example("moons", "moons", make_variant("arc"), noise=0.1)]
        return make_study(examples=examples)
    bent = make_variant("bent", ((4, "relu"), (classes, "softmax")), **SOFTMAX)
    return make_study(bent, kind="blobs", centres=classes, spread=0.2)


def name(study, text):
    """Return ``study`` as one of a table whose classes, and variants, have such names."""
    numbers = range(study.split.label_count)
    split = replace(study.split, class_names=tuple(f"{text[:-1]}{one}" for one in numbers))
    titles = {one.name: f"{text[:-1]}{n}" for n, one in enumerate(study.variants)}
    tables = [
        one.model_copy(update={"title": titles[one.name]}) for one in study.experiment.variants
    ]
    experiment = study.experiment.model_copy(update={"variants": tuple(tables)})
    return replace(study, split=split, experiment=experiment)


class Layout:
    """Where everything on a figure is, in points."""

    def __init__(self, picture):
        figure = lay_out(picture)
        self.legends = figure.findobj(Drawn)
        for legend in self.legends:
            for text in legend.get_texts():
                use_fonts(text)
        FigureCanvasSVG(figure).figure.draw_without_rendering()
        figure.set_dpi(POINTS)
        width, height = figure.get_size_inches() * POINTS
        renderer = RendererSVG(width, height, io.StringIO())
        self.whole = Bbox([[0, 0], [width, height]])
        self.boxes = [legend.get_window_extent(renderer) for legend in self.legends]
        self.panels = [ax.get_window_extent(renderer) for ax in figure.axes]
        around = [one for ax in figure.axes for one in (ax.xaxis, ax.yaxis, ax.title) if ax.axison]
        found = [one.get_tightbbox(renderer) for one in around]
        self.marked = [*self.panels, *(box for box in found if box is not None)]
        named = [one.label for ax in figure.axes if ax.axison for one in (ax.xaxis, ax.yaxis)]
        self.labels = [one.get_window_extent(renderer) for one in named if one.get_text()]

    @property
    def clipped(self):
        """The legends and names of axes that are not wholly on the figure."""
        return [
            box
            for box in (*self.boxes, *self.labels)
            if box.x0 < -SLACK
            or box.y0 < -SLACK
            or box.x1 > self.whole.x1 + SLACK
            or box.y1 > self.whole.y1 + SLACK
        ]

    @property
    def covered(self):
        """The legends that lie on others, or on a panel and what is written around it."""
        pairs = [*combinations(self.boxes, 2)]
        pairs += [(box, other) for box in self.boxes for other in self.marked]
        return [pair for pair in pairs if _overlap(*pair)]


def _overlap(one, other):
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return min(width, height) > SLACK


@cache
def layouts(classes, text):
    """Return the layout of every figure that has a legend."""
    study = name(sample(classes), NAMES[text])
    makes = list_figures(study.experiment)
    with report_style():
        if text == "short":
            pictures = {label: make(study) for label, make in makes.items()}
            shown = [label for label, picture in pictures.items() if has_legend(picture)]
        else:
            shown = [*layouts(classes, "short")]
            pictures = {label: makes[label](study) for label in shown}
        return {label: Layout(pictures[label]) for label in shown}


def has_legend(picture):
    """Draw a picture, which takes little time before it is laid out, and look."""
    figure = Figure(figsize=picture.size, layout="constrained")
    picture.draw(figure)
    return bool(figure.findobj(Drawn))


# Few and many entries, with names that fit, that break, and of other scripts.
TRIED = [
    (classes, text)
    for row, classes in enumerate((2, 3, 6))
    for column, text in enumerate(list(NAMES)[1:])
    if ALL or (row + column) % 3 == 0
]


@pytest.mark.filterwarnings("ignore:Glyph .* missing:UserWarning")
@pytest.mark.parametrize(("classes", "text"), TRIED)
def test_names_of_any_length_can_be_read(classes, text):
    """No legend leaves the figure or covers anything, and every panel keeps its size."""
    found, short = layouts(classes, text), layouts(classes, "short")
    assert {
        "data",
        "separability",
        "kinks-network",
        "unfolded-network",
    } <= found.keys() or classes > 2
    for label, layout in found.items():
        assert not layout.clipped, label
        assert not layout.covered, label
        if label in {"outcomes", "baselines", "best-line", "accuracy-over-seeds"}:
            continue  # their rows have names too
        for panel, before in zip(layout.panels, short[label].panels, strict=True):
            assert panel.width > 0.9 * before.width, label
            assert panel.height > 0.9 * before.height, label


def test_names_of_sixty_letters_are_whole():
    """Only beyond these a name is cut, and it says so."""
    texts = {
        text.get_text()
        for legend in layouts(6, "of 60 letters")["data"].legends
        for text in legend.get_texts()
    }
    assert texts == {f"{NAMES['of 60 letters'][:-1]}{number}" for number in range(6)}


def test_long_names_make_a_figure_higher():
    """Its width is that of the page."""
    short, long = (layouts(6, text)["boundary-bent"].whole for text in ("short", "of 60 letters"))
    assert long.width == short.width
    assert long.height > short.height + 50


def test_the_same_names_give_the_same_bytes():
    """What is measured leaves no trace."""
    picture = list_figures(sample(2).experiment)["kinks-network"](name(sample(2), "W" * 30))
    assert render(picture, "svg") == render(picture, "svg")

"""Letters that the report's own fonts lack: shown in fonts of the machine, or said."""

import base64
import re
import shutil
import unicodedata
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw

from circles.build.study_targets import StudyTargets
from circles.common import paths
from circles.experiment.spec import Experiment
from circles.report import faces, fonts
from circles.report.figures import render
from circles.report.user_texts import find_fonts, list_warnings
from circles.site import letters as site_letters
from circles.site.typeset import typeset
from samples import DATASET, make_sweep, make_variant
from typefaces import Machine

THAI, HAN, EMOJI = "สี่หน่วย", "一个线性单元", "🙂👍🏽"
URDU = "چار یونٹ ہیں"  # DejaVu Sans has all but one of its letters


class Titles:
    """A picture that shows titles, as a legend, a title and the names of rows."""

    size = (4.0, 3.0)
    caption = alt = ""

    def __init__(self, *titles: str) -> None:
        self.titles = titles

    def draw(self, figure) -> None:
        """Draw them."""
        ax = figure.subplots()
        ax.set_title(self.titles[0])
        ax.set_yticks(range(len(self.titles)), self.titles)
        figure.legend(handles=ax.plot([0, 1], label=self.titles[-1]), loc="outside upper left")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a machine without fonts of its own."""
    return Machine(tmp_path, monkeypatch)


def draw(*titles: str) -> str:
    """Return the SVG of titles."""
    return render(Titles(*titles), "svg").decode()


def shown_by(svg: str) -> set[str]:
    """Return the fonts whose letters a picture has."""
    return set(re.findall(r'<use xlink:href="#([A-Za-z]+)-', svg))


def experiment(*titles: str, **fields) -> Experiment:
    """Return an experiment whose variants have these titles."""
    variants = [make_variant(f"v{n}", title=title) for n, title in enumerate(titles)]
    asked = {"title": "A", "seeds": 1, "reference_seed": 0, "dataset": DATASET, "variant": variants}
    return Experiment.model_validate(asked | fields)


def test_both_fonts_have_the_letters_that_nobody_asks_for() -> None:
    """The letters of most of Europe's languages are not looked up at all: every font has them."""
    asked = [chr(code) for code in range(0x21, ord(fonts._FIRST))]
    letters = [one for one in asked if unicodedata.category(one)[0] not in "CZ"]
    assert fonts._not_drawn(letters) == set()
    assert fonts._not_set("".join(letters)) == set()


@pytest.mark.parametrize("text", ["plain", "ﬁrst, Τέσσερις, нейрона, İki, ẩn", "ℝ² → {0, 1}, w ∈"])
def test_what_the_own_fonts_have_is_left_to_them(text: str, machine: Machine) -> None:
    """No font of the machine takes the place of one that has the letters."""
    machine.have(other="".join(sorted(set(text))))
    assert fonts.in_figures(text) == fonts.in_pdf(text) == fonts.Fallback()


def test_letters_that_no_font_has_are_missing(machine: Machine) -> None:
    """Without a font of its script, every letter of a text is missing, and nothing else is."""
    for find in (fonts.in_figures, fonts.in_pdf):
        assert find(f"Four: {THAI}") == fonts.Fallback((), "".join(sorted(set(THAI))))


def test_a_font_shows_the_missing_letters_alone(machine: Machine) -> None:
    """It has Latin letters too, but those come from the report's own font."""
    machine.have(thai=f"{THAI}abc")
    ((use,), missing) = fonts.in_figures(f"abc {THAI}")
    assert (use.font.family, use.letters, use.instead) == (
        "Test thai",
        "".join(sorted(set(THAI))),
        False,
    )
    assert missing == ""


def test_the_font_with_most_letters_of_a_script_is_chosen(machine: Machine) -> None:
    """A second one has only what the first has not; each script is looked at by itself."""
    machine.have(few=THAI[:2], many=THAI[:-1] + HAN[0], rest=THAI[-1])
    found = [(use.font.family, use.letters) for use in fonts.in_pdf(THAI + HAN[0]).uses]
    rest = "".join(sorted(set(THAI[:-1])))
    assert found == [("Test many", rest), ("Test rest", THAI[-1]), ("Test many", HAN[0])]


@pytest.mark.parametrize(
    ("text", "region"), [("線形ユニット", "JP"), ("线性单元", "SC"), ("선형 線", "KR")]
)
def test_han_letters_have_the_shapes_of_their_language(
    text: str, region: str, machine: Machine
) -> None:
    """Of fonts that have them all, that of the language is chosen which the text shows itself."""
    machine.have(**{f"CJK {name}": text.replace(" ", "") for name in ("HK", "JP", "KR", "SC")})
    assert {use.font.family for use in fonts.in_figures(text).uses} == {f"Test CJK {region}"}


def test_letters_that_join_come_from_one_font(machine: Machine) -> None:
    """Where one letter of an Arabic word is missing, the others would not join it."""
    machine.have(urdu="".join(sorted(set(URDU.replace(" ", "")))))
    (use,) = fonts.in_figures(URDU).uses
    assert use.instead
    assert set(use.letters) == set(URDU) - {" "}
    assert shown_by(draw(URDU)) == {"Testurdu", "DejaVuSans"}  # DejaVu Sans for the numbers


def test_arabic_is_set_in_the_font_of_the_figures(machine: Machine) -> None:
    """Typst's own fonts have its letters, but do not join them; the figures' font does."""
    (use,) = fonts.in_pdf("أربع وحدات").uses
    assert use.font.family == faces.DRAWS
    assert fonts.in_figures("أربع وحدات") == fonts.Fallback()


def test_a_figure_borrows_fonts_wherever_a_text_stands(machine: Machine) -> None:
    """Title, legend and the names of rows show their letters; no other figure changes a byte."""
    before = draw("One", "Two")
    machine.have(thai=THAI, han=HAN)
    svg = draw(THAI, HAN, f"{THAI} 3")
    assert shown_by(svg) == {"DejaVuSans", "Testthai", "Testhan"}
    assert "LastResort" not in svg
    assert draw("One", "Two") == before
    assert draw(THAI, HAN, f"{THAI} 3") == svg


def test_a_figure_without_a_font_is_drawn_nevertheless(machine: Machine) -> None:
    """Nothing warns there; the build says it once."""
    assert "<svg" in draw(THAI, HAN, EMOJI)


def test_emoji_are_pictures_in_their_places(machine: Machine) -> None:
    """A run of emoji is one picture behind the words before it, and it asks for no file."""
    machine.have(emoji=f"{EMOJI}\u200d")
    svg = draw(f"Four {EMOJI} units", f"{EMOJI[0]}", "Two")
    ET.fromstring(svg)  # noqa: S314  # made here
    assert len(re.findall(r'<g id="CirclesPictures-\w+"', svg)) == 2
    assert not re.search(r'<path id="CirclesPictures', svg)  # which would be boxes
    pictures = re.findall(r'<image[^>]* xlink:href="data:image/svg\+xml;base64,([^"]+)"', svg)
    assert all("rgb(255, 128, 0)" in base64.b64decode(one).decode() for one in pictures)
    assert len(pictures) == len(EMOJI) + 1
    behind = re.findall(r'#CirclesPictures-\w+" transform="translate\((\d+)', svg)
    assert all(int(start) > 200 for start in behind)  # the width of "Four "
    assert len(behind) == 2  # in the title of the figure and of the first row
    assert not re.search(r'href="(?!#|data:)', svg)


def families(text: str, folder: Path) -> set[str]:
    """Return the fonts of what Typst makes of a text."""
    content = typeset(text, folder, {})
    with pypdfium2.PdfDocument(content) as document:
        texts = document[0].get_objects([raw.FPDF_PAGEOBJ_TEXT], max_depth=5)
        return {one.get_font().get_family_name() for one in texts}


def test_the_pdf_is_set_in_fonts_of_the_machine(machine: Machine, tmp_path: Path) -> None:
    """Their families are in the PDF, for text and for code; without need for them they are not."""
    text = '#set text(font: ("Libertinus Serif", ..fallbacks))\nFour '
    plain = families(f"{text} units", tmp_path)
    machine.have(thai=THAI, han=HAN)
    assert families(f"{text} {THAI} {HAN}", tmp_path) == plain | {"Test thai", "Test han"}
    assert families(f"{text} units", tmp_path) == plain


def test_letters_of_a_figure_are_printed_in_the_font_that_made_room_for_them(
    tmp_path: Path,
) -> None:
    """Another would leave gaps, or be cut."""
    style = "font: 9px 'DejaVu Sans', sans-serif"
    text = f'<text x="9" y="9" style="{style}">Four</text>'
    box = 'xmlns="http://www.w3.org/2000/svg" width="99" height="19"'
    (tmp_path / "a.svg").write_text(f"<svg {box}>{text}</svg>")
    assert families('#image("/a.svg")', tmp_path) == {"DejaVu Sans"}


def test_a_pdf_whose_layout_does_not_settle_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its page numbers may be those of another layout."""
    typeset('#let s = state("s", 1)\n#context s.update(s.final() + 1)', tmp_path, {})
    assert "did not converge" in caplog.text


def test_the_warning_names_titles_and_script(machine: Machine) -> None:
    """One for each kind of letters, with the first titles and how many more there are."""
    titles = [THAI, f"Four {HAN}", *(f"{THAI} {number}" for number in range(4)), "Four 🙂"]
    machine.have(han=HAN)
    thai, symbols = list_warnings(experiment(*titles))
    assert thai.startswith(
        "warning: no font of this machine has the Thai letters of the title of variant v0, "
        f"'{THAI}' and of the title of variant v2, '{THAI} 0' and of "
    )
    assert " and of 2 more names: figures and PDF show boxes for them" in thai
    assert "the symbols of the title of variant v6, 'Four 🙂'" in symbols


def test_the_warning_names_columns_and_labels(machine: Machine, tmp_path: Path) -> None:
    """Names that come from a table are looked at as titles are."""
    rows = "".join(f"{n},{n % 7},{label}\n" for n, label in enumerate([THAI, "b"] * 10))
    (tmp_path / "t.csv").write_text(f"{HAN},y,label\n{rows}", encoding="utf-8")
    table = {"kind": "csv", "path": "t.csv", "random_state": 1}
    asked = {"title": "A", "seeds": 1, "reference_seed": 0, "dataset": table}
    asked |= {"variant": [make_variant("v")]}
    read = Experiment.model_validate(asked, context={"folder": tmp_path})
    han, thai = list_warnings(read)
    assert f"the Han letters of a column of t.csv, '{HAN}'" in han
    assert f"the Thai letters of a label in t.csv, '{THAI}'" in thai


def test_the_warning_names_the_title_of_a_book(machine: Machine, tmp_path: Path) -> None:
    """The title of somebody's own templates is in no experiment file; the PDF begins with it."""
    shutil.copytree(paths.TEMPLATES / "plain", tmp_path / "mine")
    with (tmp_path / "mine" / "book.toml").open("a", encoding="utf-8") as file:
        file.write(f'title = "Of {THAI}"\n')
    tables = experiment("Plain").model_dump(by_alias=True) | {"book": "mine"}
    asked = Experiment.model_validate(tables, context={"folder": tmp_path})
    (warning,) = list_warnings(asked)
    assert f"the Thai letters of the title in book.toml, 'Of {THAI}': " in warning


def figure_sources(asked: Experiment) -> dict[str, dict[str, str]]:
    """Return the sources of every figure that are fonts of the machine."""
    made = StudyTargets(asked, {}, Path()).figures()
    return {
        one.name: {name: value for name, value in one.sources.items() if name.startswith("fonts")}
        for one in made
    }


def test_a_figure_is_stale_when_the_machine_gets_a_font(machine: Machine) -> None:
    """Only figures that show a title with such letters come from fonts of the machine."""
    asked = experiment(THAI, "Plain", sweep=[make_sweep(variant="v1")])
    before = figure_sources(asked)
    needing = {name for name, found in before.items() if found}
    assert {"figure:history-v0", "figure:boundaries"} <= needing
    assert not needing & {"figure:history-v1", "figure:sweep-width", "figure:data"}
    machine.have(thai=THAI)
    after = figure_sources(asked)
    assert all(before[name].keys() == after[name].keys() for name in before)
    assert {name for name in before if before[name] != after[name]} == needing
    assert find_fonts(experiment("Plain")) == {}


def test_a_site_is_stale_when_the_machine_gets_a_font(machine: Machine, tmp_path: Path) -> None:
    """The letters of its pages are among its sources, with the fonts that showed them."""
    (tmp_path / "a.qmd").write_text(f"# {THAI}\n", encoding="utf-8")
    needed = site_letters.fonts_needed(tmp_path, {"page a.qmd": ""})
    assert site_letters.fonts_now(["page a.qmd", *needed]) == needed
    machine.have(thai=THAI)
    now = site_letters.fonts_now(needed)
    assert now.keys() == needed.keys()
    assert now != needed
    assert site_letters.fonts_now(["page a.qmd"]) == {}


def test_letters_of_pages_are_said_that_are_in_no_name(machine: Machine, tmp_path: Path) -> None:
    """What people write into templates is missed too; of names the build has said it already."""
    (tmp_path / "a.qmd").write_text(f"# {THAI} {HAN}\n", encoding="utf-8")
    (tmp_path / "circles.toml").write_text(f'title = "{THAI}"\n', encoding="utf-8")
    say = partial(site_letters.say_missing, tmp_path, {"page a.qmd": ""})
    assert say() == fonts.say_missing("".join(sorted(set(HAN))), "the pages")
    machine.have(han=HAN)
    assert say() is None

"""Hostile input: whatever texts and numbers hold, nothing is run, and pages show them as text."""

import ast
import csv
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pypandoc
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from circles.common import paths
from circles.experiment.csv_file import reader
from circles.experiment.csv_file.errors import CsvError
from circles.experiment.data_code import data_code, data_imports
from circles.experiment.datasets import Csv
from circles.experiment.document import MOST_BYTES
from circles.experiment.spec import Experiment, SpecError, load
from circles.report.citation import Citation
from circles.report.escape import as_code
from circles.report.figures import list_figures, render
from circles.report.names import PLAIN_TITLE, as_file_name
from circles.report.pages import make_book
from circles.report.template_set import our_set
from circles.site.book import Book
from extent import examples
from hostile import NASTY, PAIRS, hostile_study, render_study, write_report
from samples import make_study, make_variant

pytestmark = pytest.mark.usefixtures("laid_out_once")

LONGEST_MESSAGE = 1500
FILE = """
title = {title}
seeds = {number}
reference_seed = 1
[dataset]
kind = "circles"
samples = 40
noise = {number}
factor = 0.5
random_state = 42
held_out_random_state = 43
[[variant]]
name = {title}
title = {title}
layers = [{{ units = 1 }}]
learning_rate = {number}
epochs = 4
{more}
"""
CSV = "x,y,label\n" + "".join(f"{n},{n * n % 7},{n % 2}\n" for n in range(20))
NUMBERS = st.sampled_from(
    ["1e999", "-inf", "nan", "1" + "0" * 400, "9" * 5000, "1e-999", "0x7f", "[]"]
)
FRAGMENTS = st.sampled_from(
    [
        *NASTY,
        "\x00",
        "\x1b[31m",
        "\u202ez",
        "\u2066z",
        "\ud7ff",
        "\ue000z\ue001",
        "z" * 10_000,
        "/dev/zero",
    ]
)
TEXTS = st.lists(FRAGMENTS | st.text(max_size=40), min_size=1, max_size=3).map("".join)


def outcome(path: Path) -> Experiment | str:
    """Return the experiment in a file, or the message: one line, of letters that can be seen."""
    try:
        return load(path)
    except SpecError as error:
        message = str(error)
        assert len(message) <= LONGEST_MESSAGE
        assert message.isprintable()
        assert message.count(" Received: ") >= 1
        return message


# The experiment file and its tables


@settings(max_examples=examples(80))
@given(
    title=TEXTS.map(json.dumps) | TEXTS,
    number=NUMBERS | st.floats().map(repr) | st.integers().map(str),
    more=st.just("") | TEXTS,
)
def test_any_text_is_an_experiment_or_one_message(tmp_path_factory, title, number, more):
    """No value leads to anything but an experiment or one clear line."""
    path = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    text = FILE.format(title=title, number=number, more=more)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    outcome(path)


@settings(max_examples=examples(40))
@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda raw: FILE.encode() + raw))
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbftitle = 1")
@example(b"title = " + b"[" * 20_000)
@example(b"a" + b".a" * 20_000 + b" = 1")
@example(b"title = '''" + b"z" * 900_000 + b"'''")
def test_any_bytes_are_an_experiment_or_one_message(tmp_path_factory, content):
    """Neither do bytes that are no text, deep nesting, or a file that is one long text."""
    path = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    path.write_bytes(content)
    assert isinstance(outcome(path), str)


def test_a_huge_experiment_file_is_refused_by_its_size(tmp_path):
    """Nobody types ten megabytes."""
    (tmp_path / "circles.toml").write_bytes(b"#" * (MOST_BYTES + 1))
    assert "too large. Allowed: at most 1000000 bytes. Received: 1000001 bytes" in outcome(
        tmp_path / "circles.toml"
    )


@pytest.mark.parametrize("place", ["pipe", "/dev/zero", "/dev/stdin"])
def test_what_never_ends_is_not_read(tmp_path, place):
    """An experiment file that is a pipe or a device is refused at once."""
    path = tmp_path / place
    if place == "pipe":
        os.mkfifo(path)
    elif not path.exists() or path.is_file():
        pytest.skip(f"there is no device {place} here")
    assert "not a regular file" in outcome(path)


@pytest.mark.parametrize(
    ("character", "described"),
    [
        ("\u202e", "U+202E (right-to-left override) at character 3"),
        ("\u2067", "U+2067 (right-to-left isolate) at character 3"),
        ("\u200f", "U+200F (right-to-left mark) at character 3"),
        ("\u200b", "U+200B (zero width space) at character 3"),
        ("\x1b", "U+001B (a control character) at character 3"),
        ("\x85", "U+0085 (a control character) at character 3"),
    ],
)
def test_what_reorders_a_line_is_named(tmp_path, character, described):
    """The message says which character it is, where it stands, and shows it escaped."""
    path = tmp_path / "circles.toml"
    path.write_text(FILE.format(title=json.dumps(f"ab{character}c"), number=1, more=""))
    message = outcome(path)
    assert f"title: not one line of visible characters: {described}. Allowed: " in message
    assert character not in message


@settings(max_examples=examples(80))
@given(
    st.binary(max_size=200)
    | TEXTS.map(str.encode)
    | st.tuples(TEXTS, TEXTS).map(
        lambda two: CSV.replace("x,", two[0] + ",").encode() + two[1].encode()
    )
)
def test_any_table_is_points_or_one_message(tmp_path_factory, content):
    """Quotes, NULs, ragged rows and bytes give points with decent names, or an error."""
    path = tmp_path_factory.getbasetemp() / "fuzzed.csv"
    path.write_bytes(content)
    try:
        table = reader.read(path.parent, path.name)
    except CsvError as error:
        table, wrong = None, error.wrong
    if table is None:
        assert len(wrong) <= LONGEST_MESSAGE
    else:
        assert all(name.isprintable() and len(name) <= 120 for name in table.columns)
        assert set(table.y) == set(table.codes.values())


@pytest.mark.parametrize("cell", ["1" * 130_000 + "x", "9" * 130_000, "1." * 60_000])
def test_a_long_cell_takes_no_time(tmp_path, cell):
    """To see that it is no number, a cell is read once; it was once the square of its length."""
    (tmp_path / "points.csv").write_text(CSV + f"{cell},1,1\n")
    with pytest.raises(CsvError, match=r"row 22: x: (not a number|too large)"):
        reader.read(tmp_path, "points.csv")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("a\u202eb", "the name of column 1 is not one line: U+202E (right-to-left override)"),
        ('"a\nb"', "the name of column 1 is not one line: U+000A (a control character)"),
        ("a" * 121, "the name of column 1 is too long"),
    ],
)
def test_the_name_of_a_column_is_one_short_line(tmp_path, name, wrong):
    """It stands on a page, so the rule of all texts is its rule."""
    (tmp_path / "points.csv").write_text(CSV.replace("x", name, 1))
    with pytest.raises(CsvError) as error:
        reader.read(tmp_path, "points.csv")
    assert error.value.wrong.startswith(wrong)


def test_a_long_label_is_refused(tmp_path):
    """A label stands in the code of a page: one of a thousand letters would be the page."""
    (tmp_path / "points.csv").write_text(CSV.replace(",1\n", f",{'z' * 121}\n"))
    with pytest.raises(CsvError, match="row 3: label: too long"):
        reader.read(tmp_path, "points.csv")


# Pages

WORDS = {"Str", "Space", "SoftBreak", "ColWidth", "ColWidthDefault"}


def shape(node: object) -> Iterator[object]:
    """Yield what Pandoc read, without the words of running text and the widths of columns."""
    if isinstance(node, list):
        for item in node:
            yield from shape(item)
    elif isinstance(node, dict) and node.get("t") in WORDS:
        pass
    elif isinstance(node, dict):
        yield node.get("t")
        for value in node.values():
            yield from shape(value)
    elif isinstance(node, str):
        yield node


def read_shape(markdown: str, alternative: re.Pattern[str]) -> list[object]:
    """Return the shape of a page, its alternative texts left out."""
    text = alternative.sub('fig-alt="x"', markdown)
    document = pypandoc.convert_text(text, "json", "markdown+autolink_bare_uris+emoji")
    return list(shape(json.loads(document)["blocks"]))


def read_shapes(titles):
    """Return the shape of every page of a study with such titles."""
    alternative = re.compile(r'fig-alt="(?:\\.|[^"\\])*"')
    pages = render_study(hostile_study(titles))[0].texts
    return {name: read_shape(text, alternative) for name, text in pages.items()}


@pytest.fixture(scope="module")
def plain():
    """Return the shapes of pages whose titles are one harmless letter."""
    return read_shapes(["z"])


def same_shape(texts, plain) -> None:
    """Assert that hostile titles change the words of pages and nothing else."""
    shapes = read_shapes(texts)
    assert shapes.keys() == plain.keys()
    for name, found in shapes.items():
        assert found == plain[name], name


@pytest.mark.parametrize("texts", [NASTY[:8], NASTY[8:], PAIRS], ids=["1", "2", "3"])
def test_titles_change_the_words_of_a_page_and_nothing_else(texts, plain):
    """No link, no code, no raw HTML, no label, no attribute comes from a title."""
    same_shape(texts, plain)


@settings(max_examples=examples(2))
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["C", "Z"]), max_size=30), min_size=3, max_size=3
    )
)
def test_no_text_changes_more_than_words(plain, texts):
    """The same for any letters there are."""
    same_shape([f"z{text}" for text in texts], plain)


@pytest.mark.parametrize("name", ["`z`", "z`{=html}", "{{< meta x >}}", "z z"])
def test_what_is_no_name_is_not_code(name):
    """Between backticks it could end the code, and shortcodes are replaced there."""
    assert as_code("model_circles-1.5") == "`model_circles-1.5`"
    assert "`" not in as_code(name).replace(r"\`", "")


# What a reader takes along


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Return the folder of a report whose titles are all hostile."""
    root = tmp_path_factory.mktemp("hostile")
    write_report(hostile_study(NASTY[8:] + NASTY[:8], NASTY[11]), root)
    return root


def test_nothing_is_written_outside_the_report(report):
    """Names of files are slugs, whatever the titles are."""
    assert [path.name for path in report.iterdir()] == ["report"]
    names = {path.name for path in report.rglob("*")}
    assert all(re.fullmatch(r"[\w-]+(\.\w+)?", name) for name in names)


@pytest.mark.parametrize("title", [*NASTY, "z", "- z", "z z"])
def test_the_book_says_the_title_as_it_is(title):
    """YAML gives back what was typed; and Markdown, as which Quarto reads it, gives it back too."""
    context = {"report": {"plain_title": title}, "variants": []}
    described = yaml.safe_load(
        make_book(context, our_set("circles"), Citation("1", "2026", ("A",), "{A}"))
    )
    assert described.get(PLAIN_TITLE, described["book"]["title"]) == title
    shown = pypandoc.convert_text(described["book"]["title"], "plain", "markdown", ["--wrap=none"])
    assert shown.strip().replace("\u2060", "") == " ".join(title.split())
    assert "{{" not in shown  # Quarto takes it for a shortcode, escaped or not
    names = [described["book"].get("output-file", title), title]
    assert len({as_file_name(name) for name in names}) == 1


def test_a_download_holds_no_formula(report):
    """A spreadsheet that opens a CSV file finds texts and numbers in it, nothing to compute."""
    cells = [
        cell
        for path in report.rglob("*.csv")
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        for cell in row
    ]
    risky = [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert [cell for cell in risky if not re.fullmatch(r"-(\d+\.?\d*(e[+-]?\d+)?|inf)", cell)] == []
    assert f"'{NASTY[10]}" in cells


@pytest.mark.parametrize("title", NASTY)
def test_no_title_leads_out_of_the_site(title):
    """The PDF is named after the title, and lies in the site nevertheless."""
    names = dict.fromkeys(["subtitle", "description", "author", "date", "language"], "")
    book = Book(
        root=Path(),
        output=Path(),
        title=title,
        **names,
        chapters=(),
        appendices=(),
        bibliography=None,
        configuration=(),
        metadata={},
    )
    assert Path(book.pdf_name).name == book.pdf_name
    assert not set(book.pdf_name) & set("/\\<>?:*#")


@pytest.mark.parametrize("name", [*NASTY, "'''", '"""\nimport os', "z\\", "{{<{{<"])
def test_the_program_of_a_page_reads_what_was_typed(tmp_path, name):
    """Names and labels are strings in it, which hold them exactly, and no shortcode."""
    label = name.replace("\n", " ").strip()
    path = tmp_path / "a{{< z >}}.csv"
    rows = [[n, n * n % 7, [label, "other"][n % 2]] for n in range(20)]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["x", label, "label"], *rows])
    table = {"kind": "csv", "path": path.name, "random_state": 7}
    dataset = Csv.model_validate(table, context={"folder": tmp_path})
    code = "\n".join([*data_imports(dataset), data_code(dataset)])
    assert "{{<" not in code
    tree = ast.parse(code)
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {path.name, label, "x"} <= strings
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert calls <= {
        "pd.read_csv",
        f"table[['x', {label!r}]].to_numpy",
        "table['label'].map(numbers).to_numpy",
        "table['label'].map",
        "train_test_split",
        "StandardScaler",
        "StandardScaler().fit",
        "scaler.transform",
    }


@pytest.mark.parametrize("title", [NASTY[7], NASTY[14], "円 😀 z"])
def test_a_picture_holds_a_title_as_letters(title):
    """No mathematics is set, nothing warns, and the file is XML that runs and loads nothing."""
    study = make_study(
        make_variant("network", title=title), make_variant("line", ((1, "linear"),), title=title)
    )
    for name in ("boundaries", "loss-surface"):
        picture = list_figures(study.experiment)[name](study)
        tree = ET.fromstring(render(picture, "svg"))  # noqa: S314  # made here
        tags = {str(element.tag).rpartition("}")[2] for element in tree.iter()}
        assert not tags & {"script", "foreignObject", "a"}


# The code base


DANGEROUS = re.compile(
    r"(builtins\.)?(eval|exec|compile|__import__)"
    r"|(cloud)?(pickle|dill|marshal)\.(loads?|Unpickler)|shelve\.open"  # dumps may measure
    r"|os\.(system|popen|exec\w*|spawn\w*)|subprocess\.get(status)?output"
    r"|yaml\.(unsafe_|full_)?load(_all)?|(pd|pandas)\.read_pickle|joblib\.load"
)


def calls_in(tree: ast.Module) -> Iterator[tuple[str, dict[str | None, str]]]:
    """Yield the name of everything that is called, and its keywords."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            keywords = {word.arg: ast.unparse(word.value) for word in node.keywords}
            yield ast.unparse(node.func), keywords


def dangers(text: str) -> list[str]:
    """Return what in a program runs data as code, or a text as a command."""
    tree = ast.parse(text)
    imported = [
        f"{node.module}.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    ]
    found = [name for name in imported if DANGEROUS.fullmatch(name)]
    for name, keywords in calls_in(tree):
        if DANGEROUS.fullmatch(name):
            found.append(name)
        if {keywords.get("shell", "False"), keywords.get("allow_pickle", "False")} != {"False"}:
            found.append(f"{name} with {keywords}")
    return found


def test_no_code_runs_data():
    """No pickle, no eval, no shell: in no script and no module.

    ``entry.py`` starts the same script anew, in clean surroundings, by this Python.
    """
    sources = sorted((paths.ROOT / "scripts").rglob("*.py"))
    assert len(sources) > 50
    found = {path.name: dangers(path.read_text(encoding="utf-8")) for path in sources}
    assert {name: what for name, what in found.items() if what} == {"entry.py": ["os.execve"]}


@pytest.mark.parametrize(
    "text",
    [
        "pickle.load(x)",
        "from pickle import loads",
        "eval(x)",
        "exec(x)",
        "os.system(x)",
        "subprocess.run(x, shell=True)",
        "np.load(x, allow_pickle=True)",
        "yaml.load(x)",
    ],
)
def test_what_runs_data_would_be_found(text):
    """The search itself finds each of them."""
    assert dangers(text)

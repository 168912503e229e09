"""CSV files as people and programs write them: each is read, by the printed program too."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.reader import CsvTable, Options, read
from circles.experiment.data import make_split
from circles.experiment.data_code import data_code, data_imports
from circles.experiment.datasets import Csv

X = [[0.25 * row - 1, 1.5 + row] for row in range(12)]
LABELS = ["no", "yes"] * 6


def text(
    row: str = "{a},{b},{label}",
    head: str = "a,b,label",
    decimal: str = ".",
    end: str = "\n",
    after: str = "",
) -> str:
    """Return a header, the twelve rows written by a pattern, and what comes after them."""
    cells = [
        {"a": f"{a}".replace(".", decimal), "b": f"{b}".replace(".", decimal), "label": label}
        for (a, b), label in zip(X, LABELS, strict=True)
    ]
    rows = [row.format(number=number, **one) for number, one in enumerate(cells, start=1)]
    return end.join([*head.split("\n"), *rows, after])


KINDS = {
    "plain": text(),
    "pandas with its index": text("{number},{a},{b},{label}", ",a,b,label"),
    "pandas with an index saved twice": text("{number},{a},{b},{label}", "Unnamed: 0,a,b,label"),
    "R with row numbers": text('"{number}",{a},{b},"{label}"', '"","a","b","label"'),
    "R with row names": text('"Mazda {number}",{a},{b},"{label}"', '"","a","b","label"'),
    "R's write.table": text('"{number}" {a} {b} "{label}"', '"a" "b" "label"'),
    "row names without a header": text('"r{number}",{a},{b},{label}'),
    "row numbers with a name": text("{number},{a},{b},{label}", "Id,a,b,label"),
    "a comma at the end of each line": text("{a},{b},{label},", "a,b,label,"),
    "a comma at the end of each row": text("{a},{b},{label},"),
    "a comma at the end of the header": text(head="a,b,label,"),
    "empty columns": text("{a},{b},{label},,,", "a,b,label,,,"),
    "empty last rows": text(after=",,\n,,\n\n"),
    "empty last rows of tabs": text("{a}\t{b}\t{label}", "a\tb\tlabel", after="\t\t\n"),
    "a space at the end": text(after=" "),
    "blank lines": text(end="\n\n", after="  \n"),
    "semicolons": text("{a};{b};{label}", "a;b;label"),
    "semicolons and commas": text("{a};{b};{label}", "a;b;label", ","),
    "a German Excel's UTF-8": "\ufeff" + text("{a};{b};{label}", "a;b;label", ",", "\r\n"),
    "Excel's hint": text(head="sep=,\na,b,label"),
    "Excel's hint of another": text("{a}:{b}:{label}", "sep=:\na:b:label"),
    "Excel's hint in quotes": text("{a};{b};{label}", '"sep=;"\na;b;label', ","),
    "decimal commas in quotes": text('"{a}","{b}",{label}', "a,b,label", ","),
    "tabs": text("{a}\t{b}\t{label}", "a\tb\tlabel"),
    "pipes": text("{a}|{b}|{label}", "a|b|label"),
    "columns of spaces": text(" {a:>8}  {b:>8}  {label} ", "   a    b   label"),
    "spaces after commas": text("{a}, {b}, {label}", "a, b, label"),
    "spaces around all": text(" {a} , {b} , {label} ", " a , b , label "),
    "spaces in quotes": text('" {a}"," {b} "," {label} "'),
    "quotes": text('"{a}","{b}","{label}"', '"a","b","label"'),
    "comments": text(head='# made on "Monday\n\n# by me\na,b,label'),
    "a header in a comment": text("{a} {b} {label}", "# a b label"),
    "a header with a hash": text("{number},{a},{b},{label}", "#id,a,b,label"),
    "lines of an old Macintosh": text(end="\r"),
    "lines of two kinds": text(end="\r\n").replace("\r\n", "\n", 4),
    "commas elsewhere": text('{a},{b},"x, y",{label}', "a,b,note,label"),
    "lines elsewhere": text('{a},{b},"x\ny",{label}', "a,b,note,label"),
    "semicolons elsewhere": text("{a},{b},x;y;z,{label}", "a,b,note,label"),
    "one name twice elsewhere": text("{a},{b},1,2,{label}", "a,b,z,z,label"),
}


def read_text(folder: Path, content: str | bytes, *choice, **options) -> CsvTable:
    """Return what is read from a file."""
    content = content if isinstance(content, bytes) else content.encode()
    (folder / "points.csv").write_bytes(content)
    return read(folder, "points.csv", *choice, options=Options(**options))


def assert_program_reads_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch, **keys) -> None:
    """Run the program of a data set beside its file, and hold its points to the report's."""
    table = {"kind": "csv", "path": "points.csv", "random_state": 1} | keys
    dataset = Csv.model_validate(table, context={"folder": folder})
    code = "\n".join([*data_imports(dataset), data_code(dataset)])
    names: dict[str, object] = {}
    with monkeypatch.context() as place:
        place.chdir(folder)
        exec(compile(code, "program", "exec"), names)  # noqa: S102 - the code is our own
    split = make_split(dataset)
    for name in ("X", "y", "held_out_X", "held_out_y"):
        np.testing.assert_array_equal(names[name], getattr(split, name))


@pytest.mark.parametrize("content", KINDS.values(), ids=KINDS)
def test_every_kind_of_table_is_read(tmp_path, monkeypatch, content) -> None:
    """Its first two columns of data and its last are the points, in the printed program too."""
    found = read_text(tmp_path, content)
    assert found.columns == ("a", "b", "label")
    assert found.X.tolist() == X
    assert [found.classes[number] for number in found.y] == LABELS
    assert found.dropped == 0
    assert_program_reads_the_same(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("encoding", "keys"),
    [("utf-16", {}), ("cp1252", {"encoding": "cp1252"}), ("utf-8-sig", {"encoding": "utf-8"})],
)
def test_encodings_are_marked_or_named(tmp_path, monkeypatch, encoding, keys) -> None:
    """Excel's "Unicode text" has a mark; of Windows's old encodings the key says which."""
    content = text("{a}\t{b}\t{label}", "größe\tb\tklasse", ",").replace("yes", "groß")
    found = read_text(tmp_path, content.encode(encoding), **keys)
    assert found.columns == ("größe", "b", "klasse")
    assert found.classes == ("groß", "no")
    assert found.X.tolist() == X
    assert_program_reads_the_same(tmp_path, monkeypatch, **keys)


def test_columns_are_chosen_among_more(tmp_path, monkeypatch) -> None:
    """What the others hold, and whether they have a name, is all the same."""
    content = text("x,{label},,{b},2024-01-01,{a}", "word,label,,b,day,a")
    keys = {"features": ["a", "b"], "label": "label"}
    found = read_text(tmp_path, content, *keys.values())
    assert found.columns == ("a", "b", "label")
    assert found.X.tolist() == X
    assert_program_reads_the_same(tmp_path, monkeypatch, **keys)


@pytest.mark.parametrize("count", [12, 700])
@pytest.mark.parametrize("row", [1, 9])
@pytest.mark.parametrize("cell", ["P" * 200_000, '"' + "P\n" * 200_000 + '"'])
def test_a_long_cell_costs_no_row(tmp_path, monkeypatch, count, row, cell) -> None:
    """However long a cell is in a column that is not asked for, every row is read."""
    rows = [f"{n % 7},{n},{LABELS[n % 2]},{cell if n == row else 'p'}" for n in range(1, count + 1)]
    found = read_text(tmp_path, "\n".join(["a,b,label,shape", *rows]), None, "label")
    assert found.X.tolist() == [[n % 7, n] for n in range(1, count + 1)]
    assert_program_reads_the_same(tmp_path, monkeypatch, label="label")


MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "?", "-", "."]


@pytest.mark.parametrize("spelling", MISSING)
def test_rows_with_missing_values_are_dropped_if_so_asked(tmp_path, monkeypatch, spelling) -> None:
    """However it is spelt, in a feature and in the label; the rows left out are counted."""
    after = f"{spelling},1,no\n1,{spelling} ,yes\n2,2,{spelling}\n3,3,no\n"
    found = read_text(tmp_path, text(after=after), missing="drop")
    assert found.X.tolist() == [*X, [3.0, 3.0]]
    assert found.classes == ("no", "yes")
    assert found.dropped == 3
    assert_program_reads_the_same(tmp_path, monkeypatch, missing="drop")


@pytest.mark.parametrize("spelling", MISSING)
def test_a_missing_value_is_refused_otherwise(tmp_path, spelling) -> None:
    """The message names the row, and says what the key would do."""
    with pytest.raises(CsvError, match="row 15: b: a missing value") as caught:
        read_text(tmp_path, text(after=f"3,3,no\n2,{spelling},yes\n{spelling},1,no\n2,2,yes\n"))
    assert caught.value.allowed.endswith('the key missing = "drop" leaves 2 of 16 rows out')


def test_too_few_rows_may_be_complete(tmp_path) -> None:
    """What is left of a table is held to the same limit."""
    with pytest.raises(CsvError, match="too few rows") as caught:
        read_text(tmp_path, text().replace(",yes", ",?", 4), missing="drop")
    assert caught.value.received == "8 of 12 rows, the others with missing values"


@pytest.mark.parametrize(
    ("words", "classes"),
    [
        pytest.param(["+", "-"], ("+", "-"), id="signs"),
        pytest.param(["None", "Mild"], ("Mild", "None"), id="None"),
        pytest.param(["True", "False"], ("False", "True"), id="truth"),
        pytest.param(["0.0", "1.0"], ("0.0", "1.0"), id="numbers with a point"),
        pytest.param(["a, b", 'c"d'], ("a, b", 'c"d'), id="quoted"),
    ],
)
def test_words_of_other_libraries_are_labels(tmp_path, monkeypatch, words, classes) -> None:
    """What pandas or Python would read as something else is a label all the same."""
    file = io.StringIO()
    rows = [(a, b, words[label == "yes"]) for (a, b), label in zip(X, LABELS, strict=True)]
    csv.writer(file).writerows([("a", "b", "label"), *rows])
    assert read_text(tmp_path, file.getvalue()).classes == classes
    assert_program_reads_the_same(tmp_path, monkeypatch)


@pytest.mark.parametrize("decimal", [".", ","])
def test_what_may_be_thousands_is_asked_for(tmp_path, decimal) -> None:
    """Where each comma has three digits behind it, the message says which key decides."""
    rows = [f"{number};{number},{number}00;{number % 2}" for number in range(1, 10)]
    content = "\n".join(["a;b;label", *rows, "1;1,000;0"])
    with pytest.raises(CsvError, match="row 2: b: a decimal comma or thousands") as caught:
        read_text(tmp_path, content)
    assert 'decimal = ","' in caught.value.allowed
    assert read_text(tmp_path, content, decimal=",").X[0].tolist() == [1, 1.1]


@pytest.mark.parametrize(
    ("header", "columns"), [(",0,1,label", ("0", "1", "label")), ("0,1,2,3", ("1", "2", "3"))]
)
def test_the_numbers_of_columns_are_their_names(tmp_path, header, columns) -> None:
    """A table of pandas's own making has them; a row of data has them nowhere."""
    assert read_text(tmp_path, text("{number},{a},{b},{label}", header)).columns == columns


def test_rows_are_counted_as_an_editor_counts_lines(tmp_path) -> None:
    """Comments, blank lines and cells of several lines count with the rest."""
    content = text('{a},{b},"x\ny",{label}', "# a comment\n\na,b,note,label", after="\n1,x,y,no")
    with pytest.raises(CsvError, match="row 29: b: not a number"):
        read_text(tmp_path, content)


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        ((), '; for example features = ["length", "mass"], label = "species"'),
        ((None, "sex"), '; for example features = ["length", "mass"]'),
        ((["island", "mass"], "sex"), "; other columns of numbers are length, year"),
    ],
)
def test_a_message_says_which_columns_might_be_meant(tmp_path, keys, hint) -> None:
    """They hold numbers, and do not only count the rows."""
    rows = [
        f"{n + 1},Dream,{['Adelie', 'Gentoo'][n % 2]},{n / 7:.3f},{n * n},f,{2007 + n % 3}"
        for n in range(12)
    ]
    content = "\n".join(["id,island,species,length,mass,sex,year", *rows])
    with pytest.raises(CsvError, match=r"row 2: (island|species): not a number") as caught:
        read_text(tmp_path, content, *keys)
    assert caught.value.allowed.endswith(hint)


@pytest.mark.parametrize("place", ["../secret.csv", "a/../../secret.csv", "..\\secret.csv"])
def test_no_path_leads_out(tmp_path, place) -> None:
    """Two points are refused, wherever they would lead."""
    with pytest.raises(ValueError, match="leads out of the folder of the experiment file"):
        Csv.model_validate({"kind": "csv", "path": place, "random_state": 1})


@pytest.mark.parametrize("is_folder", [False, True])
def test_no_link_leads_out(tmp_path, is_folder) -> None:
    """What lies elsewhere is not read, and nothing of it is shown; a link inside is followed."""
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    (other / "points.csv").write_text("the secret\n")
    (home / "points.csv").symlink_to(other / "points.csv")
    (home / "folder").symlink_to(other)
    with pytest.raises(CsvError, match="leads out of its folder") as caught:
        read(home, "folder/points.csv" if is_folder else "points.csv")
    assert "secret" not in f"{vars(caught.value)}"
    (home / "true.csv").write_text(text())
    (home / "link.csv").symlink_to("true.csv")
    assert len(read(home, "link.csv").X) == 12


def test_a_ring_of_links_is_refused(tmp_path) -> None:
    """It ends in a message and not in a traceback."""
    (tmp_path / "points.csv").symlink_to("points.csv")
    with pytest.raises(CsvError, match="link"):
        read(tmp_path, "points.csv")


def test_nothing_of_another_file_is_shown(tmp_path) -> None:
    """A file of secrets in the table's place stays one: its lines are counted, not quoted."""
    (tmp_path / "points.csv").write_text("KEY=c0ffee\nPASSWORD=c0ffee\n")
    with pytest.raises(CsvError) as caught:
        read(tmp_path, "points.csv")
    assert "c0ffee" not in f"{vars(caught.value)}"


@pytest.mark.parametrize("line", [b"1,2,0,", b"1,2,0\n", b"\n", b"#\n", b'"'])
def test_a_large_file_is_refused_before_it_fills_the_memory(tmp_path, line) -> None:
    """The largest file that is opened takes a few times its size, however it is made up."""
    import tracemalloc

    content = b"a,b,label\n" + line * (20_000_000 // len(line))
    (tmp_path / "points.csv").write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(CsvError):
            read(tmp_path, "points.csv")
        assert tracemalloc.get_traced_memory()[1] < 6 * len(content)
    finally:
        tracemalloc.stop()


WORDS = st.from_regex(r"[a-zé円][a-zé円 ,;|\"'#-]{0,6}[a-zé円]", fullmatch=True)
FEATURES = st.floats(-1e30, 1e30) | st.integers(-1000, 1000).map(float)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, list[list[float]], list[str]]:
    """Draw a table and how it is written: separators, quotes, lines, comments, more columns."""
    labels = draw(st.lists(WORDS, min_size=2, max_size=4, unique_by=str.casefold))
    points = draw(st.lists(st.lists(FEATURES, min_size=2, max_size=2), min_size=12, max_size=20))
    words = [labels[index % len(labels)] for index in range(len(points))]
    separator, decimal = draw(st.sampled_from([",.", ";.", ";,", "\t.", "\t,", "|.", "|,"]))
    shift, ends = draw(st.booleans()), draw(st.booleans())
    rows = [
        [*([number] if shift else []), *(repr(x).replace(".", decimal) for x in point), word]
        for number, (point, word) in enumerate(zip(points, words, strict=True))
    ]
    rows = [[*([""] if shift else []), "a b", "c", "label"], *rows]
    file = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(file, delimiter=separator, quoting=quoting, lineterminator=end)
    writer.writerows([row + [""] * ends for row in rows])
    comments = draw(st.lists(WORDS, max_size=2))
    return "".join(f"# {one}{end}" for one in comments) + file.getvalue(), points, words


@given(drawn=written(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_however_a_table_is_written_it_is_read(tmp_path_factory, drawn, encoding) -> None:
    """The points come back to the last bit, from the reader and from the printed program."""
    content, points, words = drawn
    folder = tmp_path_factory.getbasetemp()
    found = read_text(folder, content.encode(encoding))
    assert found.columns == ("a b", "c", "label")
    assert found.X.tolist() == points
    assert [found.classes[number] for number in found.y] == words
    with pytest.MonkeyPatch.context() as place:
        assert_program_reads_the_same(folder, place)

"""CSV files as people and programs write them: each is read, by the printed program too."""

import csv
import io
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas._libs.parsers import STR_NA_VALUES

from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.reader import CsvTable, Options, read
from circles.experiment.csv_file.remarks import remarks
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
    rows = [
        row.format(number=number, name=97 - 8 * number, **one)
        for number, one in enumerate(cells, start=1)
    ]
    return end.join([*head.split("\n"), *rows, after])


KINDS = {
    "plain": text(),
    "pandas with its index": text("{number},{a},{b},{label}", ",a,b,label"),
    "pandas with an index saved twice": text("{number},{a},{b},{label}", "Unnamed: 0,a,b,label"),
    "pandas with two indices": text(
        "{number},{name},{a},{b},{label}", "Unnamed: 0.1,Unnamed: 0,a,b,label"
    ),
    "pandas with two indices without names": text(
        "{number},{number},{a},{b},{label}", ",,a,b,label"
    ),
    "pandas with an index that was reset twice": text(
        "{number},{number},{a},{b},{label}", "level_0,index,a,b,label"
    ),
    "R with row numbers": text('"{number}",{a},{b},"{label}"', '"","a","b","label"'),
    "R with row names": text('"Mazda {number}",{a},{b},"{label}"', '"","a","b","label"'),
    "R's write.table": text('"{number}" {a} {b} "{label}"', '"a" "b" "label"'),
    "R's write.table of some rows": text('"{name}" {a} {b} "{label}"', '"a" "b" "label"'),
    "R's write.table of some rows with commas": text('"{name}",{a},{b},{label}'),
    "R's write.table without quotes": text("{name}\t{a}\t{b}\t{label}", "a\tb\tlabel"),
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
    "MATLAB's comments": text(head="% made on Monday, by me\n%\na,b,label"),
    "C's comments": text(head='// made on "Monday\n// by me, a, b\na,b,label'),
    "a header in MATLAB's comment": text("{a} {b} {label}", "% a b label"),
    "a comment below the header": text(head="a,b,label\n# in metres"),
    "comments below the header": text(head='#\na,b,label\n# in "metres\n\n# or so, about'),
    "comments after the data": text(after='# measured by me\n# and "you\n\n// the end\n% \n'),
    "comments among columns of spaces": text(
        "{a} {b} {label}", "# first\na b label\n# in metres, or so it seems", after="# the end"
    ),
    "a header of two lines": text("{a},{b},1,2,{label}", 'a,b,"z\nz","z\nz",label'),
    "a header of two lines and a comment": text(
        "{a},{b},1,2,{label}", '#\n\na,b,"z\nz","z\nz",label\n\n# in metres'
    ),
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
    [
        ("utf-16", {}),
        ("cp1252", {"encoding": "cp1252"}),
        *(("utf-8-sig", {"encoding": one}) for one in ("utf-8", "cp1252", "gb18030", "utf-16")),
        *((one, {"encoding": "utf-16"}) for one in ("utf-16", "utf-16-le", "utf-16-be")),
        ("utf-16-le", {"encoding": "utf-16-le"}),
        ("utf-16-be", {"encoding": "utf-16-be"}),
        ("utf-16", {"encoding": "utf-16-le"}),
    ],
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


MISSING = [
    *("", "NA", "N/A", "NaN", "nan", "null", "?", "-", "."),
    *(sorted(STR_NA_VALUES - {"", "None"})),  # what pandas itself takes for one
    *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NV", ".a", ".z", r"\N", "(null)", "[NULL]", "NaT"),
    *("-NAN", "1.#ind", "na", "Nan", "NULL", "n.a.", "N.A.", "k.A.", "..", "…", "–"),
]


@pytest.mark.parametrize("spelling", MISSING)
def test_rows_with_missing_values_are_dropped_if_so_asked(tmp_path, monkeypatch, spelling) -> None:
    """However it is spelt, in a feature and in the label; the rows left out are counted."""
    after = f"{spelling},1,no\n1,{spelling} ,yes\n2,2,{spelling}\n3,3,no\n"
    found = read_text(tmp_path, text(after=after), missing="drop")
    assert found.X.tolist() == [*X, [3.0, 3.0]]
    assert found.classes == ("no", "yes")
    assert found.dropped == 3
    assert_program_reads_the_same(tmp_path, monkeypatch, missing="drop")


@pytest.mark.parametrize("spelling", ["None", "none", "NONE", "Missing", "MISSING", "--"])
def test_words_for_nothing_are_missing_numbers(tmp_path, monkeypatch, spelling) -> None:
    """As a feature they are nothing; as a label they may be a class, and the build says so."""
    found = read_text(tmp_path, text(after=f"{spelling},1,no\n"), missing="drop")
    assert found.X.tolist() == X
    assert_program_reads_the_same(tmp_path, monkeypatch, missing="drop")
    found = read_text(tmp_path, text().replace("no", spelling))
    assert spelling in found.classes
    described = f'missing_values = ["{spelling}"]' in "".join(remarks(found))
    assert described == (spelling != "--")


def test_more_spellings_of_a_missing_value_are_listed(tmp_path, monkeypatch) -> None:
    """A key names words, and numbers however they are written, of features and of the label."""
    after = "-999,1,no\n1,-999.00,no\nlost,2,yes\n4,4,None\n5,5,Lost\n3,3,no\n6,6,Lost\n"
    listed = ("-999", "lost", "None")
    found = read_text(tmp_path, text(after=after), missing="drop", missing_values=listed)
    assert found.X.tolist() == [*X, [5, 5], [3, 3], [6, 6]]
    assert found.classes == ("Lost", "no", "yes")
    assert found.dropped == 4
    keys = {"missing": "drop", "missing_values": [*listed]}
    assert_program_reads_the_same(tmp_path, monkeypatch, **keys)


def test_sodium_and_signs_are_labels(tmp_path) -> None:
    """What looks like a missing value may be what the other labels are."""
    for labels in (("K", "Na"), ("+", "-"), ("+", "–")):
        content = text().replace("no", labels[0]).replace("yes", labels[1])
        assert {*read_text(tmp_path, content).classes} == {*labels}


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


@pytest.mark.parametrize(
    ("header", "choice"),
    [
        ("country,2019,2020,g", (["2019", "2020"], "g")),
        ("country,2019,2020,g", (None, "g")),
        ("country,2010,2020,g", (["2010", "2020"], None)),
        ("country,1.5,-2,g", (["1.5", "-2"], "g")),
        ("country,2010,2020,1", (["2010", "2020"], "1")),
        ("2001,2010,2020,g", (["2010", "2020"], None)),
    ],
)
def test_columns_may_be_called_by_numbers(tmp_path, monkeypatch, header, choice) -> None:
    """A row that has the names in the keys is the header; years with a word behind are, too."""
    content = text("land{number},{a},{b},{label}", header)
    keys = {key: value for key, value in zip(("features", "label"), choice, strict=True) if value}
    if header.startswith("country") and choice == (None, "g"):
        keys = {"features": header.split(",")[1:3], "label": "g"}
        assert read_text(tmp_path, text("{a},{b},{label}", "2019,2020,g")).X.tolist() == X
    found = read_text(tmp_path, content, keys.get("features"), keys.get("label"))
    assert found.columns == tuple(header.split(",")[1:])
    assert found.X.tolist() == X
    assert_program_reads_the_same(tmp_path, monkeypatch, **keys)


def test_years_in_a_row_of_data_are_no_header(tmp_path) -> None:
    """A first row whose label is there again is not taken for names of columns."""
    rows = [f"{1990 + n},{2000 + n},{LABELS[n]}" for n in range(12)]
    with pytest.raises(CsvError, match="row 1: no header, but a number"):
        read_text(tmp_path, "\n".join(rows))


@pytest.mark.parametrize(
    "name", ["+/-", "%", "⭐", "😀", "#x", "°", "été", "e\u0301te\u0301", "x" * 120, "円" * 120]
)
def test_every_name_that_is_read_can_be_given(tmp_path, monkeypatch, name) -> None:
    """A column of marks alone may be a feature or the label, by default and by its name."""
    for head, keys in (
        (f"a,{name},label", {"features": ["a", name]}),
        (f"a,b,{name}", {"label": unicodedata.normalize("NFC", name)}),
    ):
        found = read_text(tmp_path, text(head=head), keys.get("features"), keys.get("label"))
        assert name in found.columns
        assert_program_reads_the_same(tmp_path, monkeypatch, **keys)


def test_two_forms_of_one_letter_are_one_label(tmp_path, monkeypatch) -> None:
    """What looks the same to the last dot is the same: é as one character, and as two."""
    content = text().replace("yes", "été", 3).replace("yes", "e\u0301te\u0301")
    assert read_text(tmp_path, content).classes == ("no", "été")
    assert_program_reads_the_same(tmp_path, monkeypatch)


WIDE = "row,x,y,z,label,,w,kind\n" + "".join(
    f"{n},{n}.5,{n % 3}.25,7,{n % 2},,5,{'ab'[n % 2]}\n" for n in range(12)
)


@pytest.mark.parametrize(
    ("head", "keys", "said"),
    [
        (5, {}, ["x and y are the features, label is the label; not used: row, z"]),
        (5, {"features": ("y", "z")}, []),
        (5, {"label": "label"}, ["x and y are the features, label is the label; not used: row, z"]),
        (
            8,
            {"label": "label"},
            ["x and y are the features, label is the label; not used: row, z, w, kind"],
        ),
    ],
)
def test_columns_that_nobody_named_and_nothing_uses_are_remarked_on(tmp_path, head, keys, said):
    """What seem to be numbers of the rows too, but no columns without a name."""
    content = "".join(f"{','.join(line.split(',')[:head])}\n" for line in WIDE.splitlines())
    found = remarks(read_text(tmp_path, content, keys.get("features"), keys.get("label")))
    hint = ". The keys features and label name other columns"
    assert found == [f"{one}{hint}" for one in said]


def test_labels_that_differ_in_case_alone_are_remarked_on(tmp_path) -> None:
    """They stay as many labels, for they may be meant, and the build says which."""
    content = text().replace("yes", "Yes", 3).replace("no", "n\u200co", 2)
    assert remarks(read_text(tmp_path, content)) == [
        "label: 4 labels ('Yes' and 'yes', 'no' and 'n\\u200co' differ in case or spaces alone)"
    ]
    assert remarks(read_text(tmp_path, text())) == []


@pytest.mark.parametrize(
    "label", ["\u200c", "\u3164", "\u2800", "\u2800\u3164", "\u115f", "\ufe0f"]
)
def test_an_invisible_label_is_refused(tmp_path, label) -> None:
    """Nobody would find it in a legend."""
    with pytest.raises(CsvError, match=f"nothing to see but U.{ord(label[0]):04X}"):
        read_text(tmp_path, text().replace("yes", label))


def test_flags_and_braille_are_labels(tmp_path, monkeypatch) -> None:
    """Invisible characters may stand among others where these need them."""
    england = "\U0001f3f4" + "".join(chr(0xE0000 + ord(one)) for one in "gbeng") + "\U000e007f"
    content = text().replace("yes", england).replace("no", "⠓⠑\u2800⠓")
    assert {*read_text(tmp_path, content).classes} == {england, "⠓⠑\u2800⠓"}
    assert_program_reads_the_same(tmp_path, monkeypatch)


def test_a_row_that_begins_with_a_hash_is_data(tmp_path, monkeypatch) -> None:
    """It has a cell for each column; only what has not is a comment, and counts for no row."""
    content = text("{label},{a},{b}", "label,a,b", after="# note\n").replace("yes", "#1")
    found = read_text(tmp_path, content, None, "label", missing="drop")
    assert (found.classes, found.dropped, len(found.X)) == (("#1", "no"), 0, 12)
    assert_program_reads_the_same(tmp_path, monkeypatch, label="label", missing="drop")


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (text(head="Table of flowers\n\na,b,label"), "(# begins what is above it)"),
        (text(head="Flowers,,\na,b,label"), "(# begins what is above it)"),
        (text('"x \\"y\\", z",{a},{b},{label}', "note,a,b,label"), 'a quotation mark as ""'),
    ],
)
def test_a_message_says_how_to_write_what_another_program_wrote(tmp_path, content, hint) -> None:
    """A title above the header begins with a mark, and no backslash stands for a quotation mark."""
    with pytest.raises(CsvError) as caught:
        read_text(tmp_path, content)
    assert hint in caught.value.allowed


def test_rows_are_counted_as_an_editor_counts_lines(tmp_path) -> None:
    """Comments, blank lines and cells of several lines count with the rest."""
    content = text('{a},{b},"x\ny",{label}', "# a comment\n\na,b,note,label", after="\n1,x,y,no")
    with pytest.raises(CsvError, match="row 29: b: not a number"):
        read_text(tmp_path, content)


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        ((), "; columns of numbers are length, mass"),
        ((["island", "mass"], "sex"), "; columns of numbers are length, year"),
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


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        ((), "; columns of numbers are heat, wind"),  # both features may have to be named
        ((["day", "wind"], "rain"), "; a column of numbers is heat"),
    ],
)
def test_a_day_is_no_number_and_the_columns_beside_it_may_be_meant(tmp_path, keys, hint) -> None:
    """Also the one that is a feature already, unless somebody has named it."""
    rows = [f"2024-01-{n:02},{n * n},{n / 7:.3f},{['dry', 'wet'][n % 2]}" for n in range(10, 25)]
    content = "\n".join(["day,heat,wind,rain", *rows])
    with pytest.raises(CsvError, match=r"row 2: day: not a number") as caught:
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


WORDS = st.from_regex(r"[a-zé円][a-zé円 ,;|\"'#-]{0,6}[a-zé円]", fullmatch=True).filter(
    lambda word: word not in {"na", "nan", "nat", "null", "inf"}
)
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

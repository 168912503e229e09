"""CSV files as data sets: every good table comes back, every bad one is one clear error."""

import csv
import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circles.experiment.csv_file.errors import CsvError
from circles.experiment.csv_file.reader import CsvTable, Options, read
from circles.experiment.data import make_split
from circles.experiment.datasets import Csv
from circles.experiment.spec import SpecError, load

EXPERIMENT = """\
title = "A trial"
seeds = 2
reference_seed = 1

[dataset]
kind = "csv"
path = "points.csv"
random_state = 42

[[variant]]
name = "plain"
title = "One unit"
layers = [{ units = 1 }]
learning_rate = 0.01
epochs = 2
"""
ROWS = [f"{0.5 * number},{-number},{number % 2}" for number in range(10)]
GOOD = "\n".join(["a,b,c", *ROWS]) + "\n"
START = "circles.toml: [dataset]: path: points.csv: "
FEATURE = "a number from -1e+30 to 1e+30"
LABEL = "a whole number of at most 15 digits, or a word"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, with an experiment on a good CSV file in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "circles.toml").write_text(EXPERIMENT)
    (tmp_path / "points.csv").write_text(GOOD)
    return tmp_path


def refusal(folder: Path) -> str:
    """Return the message with which the experiment in ``folder`` is refused."""
    with pytest.raises(SpecError) as caught:
        load(folder / "circles.toml")
    return str(caught.value)


def rewrite(folder: Path, old: str, new: str) -> None:
    """Change one passage of the experiment file."""
    text = (folder / "circles.toml").read_text()
    assert text.count(old) == 1
    (folder / "circles.toml").write_text(text.replace(old, new))


def table(folder: Path, text: str, features=None, label=None, **options) -> CsvTable:
    """Return what is read from a file that holds ``text``."""
    (folder / "points.csv").write_text(text, encoding="utf-8", newline="")
    return read(folder, "points.csv", features, label, Options(**options))


# What is read ---------------------------------------------------------------------------------


def test_the_first_two_columns_and_the_last_are_taken(folder: Path) -> None:
    """Without a choice the features come first and the label last, whatever lies between."""
    wide = "\n".join(f"{row.rpartition(',')[0]},skipped,{row[-1]}" for row in ["a,b,c", *ROWS])
    found = table(folder, wide)
    assert found.columns == ("a", "b", "c")
    np.testing.assert_array_equal(found.X[:, 0], 0.5 * np.arange(10))
    np.testing.assert_array_equal(found.X[:, 1], -np.arange(10.0))
    np.testing.assert_array_equal(found.y, np.arange(10) % 2)


def test_columns_are_chosen_by_name(folder: Path) -> None:
    """The features come in the order in which they are named; a label may stand first."""
    text = "\n".join(["c,b,a", *(",".join(reversed(row.split(","))) for row in ROWS)])
    assert table(folder, text, ["a", "b"], "c").X.tolist() == table(folder, GOOD).X.tolist()
    assert table(folder, text, None, "c").columns == ("b", "a", "c")


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [
        pytest.param(["dog", "cat"], [1, 0], id="words"),
        pytest.param(["10", "9"], [1, 0], id="numbers by size"),
        pytest.param(["1.0", "0.0"], [1, 0], id="numbers with a point"),
        pytest.param(["-1", "+1"], [0, 1], id="signs"),
        pytest.param(["b", "10", "9"], [2, 0, 1], id="words and numbers as text"),
        pytest.param(["5", "4", "3", "2", "1", "0"], [5, 4, 3, 2, 1, 0], id="six"),
        pytest.param(["été", "円"], [0, 1], id="not ASCII"),
    ],
)
def test_labels_are_numbered_in_sorted_order(folder: Path, labels, numbers) -> None:
    """Words are sorted as text and whole numbers by size."""
    rows = [f"{row},0,{label}" for row in range(5) for label in labels]
    found = table(folder, "\n".join(["a,b,c", *rows]))
    assert found.y.tolist() == numbers * 5


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        pytest.param(["0", "1", "1.0"], {"0": 0, "1": 1, "1.0": 1}, id="numbers"),
        pytest.param(["no", "no ", "yes"], {"no": 0, "no ": 0, "yes": 1}, id="spaces"),
    ],
)
def test_two_spellings_are_one_label(folder: Path, labels, codes) -> None:
    """1 and 1.0 are the same label, and a space after a word counts for nothing."""
    rows = [f"{row},0,{label}" for row in range(5) for label in labels]
    assert table(folder, "\n".join(["a,b,c", *rows])).codes == codes


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        pytest.param(["dog ", "cat", "dog"], ("cat", "dog"), id="words"),
        pytest.param(["1.0", "1", "0"], ("0", "1.0"), id="numbers"),
    ],
)
def test_classes_are_named_as_the_file_spells_them_first(folder: Path, labels, classes) -> None:
    """They come in the order of their numbers, without the spaces around them."""
    rows = [f"{row},0,{label}" for row in range(5) for label in labels]
    assert table(folder, "\n".join(["a,b,c", *rows])).classes == classes


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD.replace("\n", "\r\n"), id="lines of Windows"),
        pytest.param("\ufeff" + GOOD, id="byte order mark"),
        pytest.param(GOOD.replace(",", ", "), id="spaces after commas"),
        pytest.param(GOOD + "\n\n", id="blank lines at the end"),
        pytest.param(GOOD.replace("a,b,c", '"a","b","c"'), id="quotes"),
        pytest.param(GOOD.rstrip(), id="no line end"),
    ],
)
def test_the_ways_of_spreadsheets_are_understood(folder: Path, text: str) -> None:
    """Byte order marks, line ends, quotes and blank lines change nothing."""
    found, plain = table(folder, text), table(folder, GOOD)
    assert found.columns == plain.columns
    np.testing.assert_array_equal(found.X, plain.X)
    np.testing.assert_array_equal(found.y, plain.y)


NUMBERS = st.floats(-1e30, 1e30) | st.integers(-1000, 1000)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """Draw a header and rows of two features, a word that counts for nothing, and a label."""
    labels = draw(
        st.lists(
            st.from_regex("[a-z]{2,5}", fullmatch=True), min_size=2, max_size=6, unique=True
        ).filter(lambda some: not {"na", "nan", "nat", "null", "inf"} & {*some})
    )
    count = draw(st.integers(max(10, 2 * len(labels)), 30))
    features = draw(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=count, max_size=count))
    words = draw(st.lists(WORDS, min_size=count, max_size=count))
    rows = [
        [repr(first), repr(second), word, labels[index % len(labels)]]
        for index, ((first, second), word) in enumerate(zip(features, words, strict=True))
    ]
    return ["first", "second", "word", "label"], draw(st.permutations(rows))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that each example overwrites."""
    return tmp_path_factory.mktemp("csv") / "points.csv"


@given(drawn=tables())
def test_a_written_table_comes_back(scratch: Path, drawn) -> None:
    """Python's own writer, whatever it quotes, gives the same points to the last bit."""
    header, rows = drawn
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    scratch.write_text(text.getvalue(), encoding="utf-8", newline="")
    found = read(scratch.parent, scratch.name)
    assert found.X.tolist() == [[float(first), float(second)] for first, second, *_ in rows]
    labels = sorted({row[-1] for row in rows})
    assert [labels[number] for number in found.y] == [row[-1] for row in rows]


HOSTILE = st.binary(max_size=300) | st.lists(
    st.sampled_from([*'",\n\r\0;\t', "a", "b", "c", "1", "2", "-", "1e999", "nan", "é", "\ufeff"]),
    max_size=200,
).map(lambda parts: "".join(parts).encode())


@given(content=HOSTILE)
def test_any_bytes_are_read_or_refused(scratch: Path, content: bytes) -> None:
    """Whatever a file holds, only a ``CsvError`` comes out."""
    scratch.write_bytes(content)
    assert_read_or_refused(scratch)


@given(place=st.integers(0, len(GOOD)), junk=st.binary(max_size=5) | WORDS.map(str.encode))
def test_a_spoilt_table_is_read_or_refused(scratch: Path, place: int, junk: bytes) -> None:
    """A good file with something wrong anywhere gives points or a ``CsvError``."""
    content = GOOD.encode()
    scratch.write_bytes(content[:place] + junk + content[place + len(junk) // 2 :])
    assert_read_or_refused(scratch)


def assert_read_or_refused(path: Path) -> None:
    """Hold ``read`` to its promise: finite points under labels, or an error with words."""
    try:
        found = read(path.parent, path.name)
    except CsvError as error:
        refused = error.wrong
    else:
        assert np.isfinite(found.X).all()
        assert set(found.y) == set(range(found.y.max() + 1))
        return
    assert refused.isprintable()


# What is refused ------------------------------------------------------------------------------


def spoilt(number: int, row: str) -> bytes:
    """Return the good file with one row, the header being the first, replaced."""
    lines = GOOD.splitlines()
    lines[number - 1] = row
    return "\n".join(lines).encode()


FILE = "a CSV file (text, at most 100 MB)"
HEADER = "a header row with the names of two features and a label (# begins what is above it)"
DROP = 'the key missing = "drop" leaves 1 of 10 rows out'
BAD = {
    "empty": (b"", f"empty. Allowed: {FILE}. ", "''"),
    "blank": (b"\n\n\n", "empty. Allowed: ", r"'\n\n\n'"),
    "comments alone": (b"# a\n", "empty. Allowed: ", r"'# a\n'"),
    "a quotation mark": (b'"', "empty. Allowed: ", """'"'"""),
    "Latin-1": (spoilt(4, "1,2,é").decode().encode("latin-1"), "row 4: not UTF-8. ", r"b'\xe9'"),
    "UTF-16 without a mark": (
        GOOD.encode("utf-16-le"),
        f'not text: it has NUL characters. Allowed: {FILE}; perhaps encoding = "utf-16". ',
        "binary data",
    ),
    "no header": (
        "\n".join(ROWS).encode(),
        f"row 1: no header, but a number. Allowed: {HEADER}; write one above the first row. ",
        "'0.0'",
    ),
    "header alone": (b"a,b,c\n", "too few rows. Allowed: a header row, then 10 to 10000 ", "0"),
    "nine rows": (
        "\n".join(["a,b,c", *ROWS[:9]]).encode(),
        "too few rows. Allowed: a header row, then 10 to 10000 rows. ",
        "9",
    ),
    "two columns": (
        b"a;b\n1;2\n",
        (
            f"too few columns. Allowed: {HEADER}, separated by commas, semicolons, tabs, | or "
            "white space (the key separator names another). "
        ),
        "2 columns",
    ),
    "another separator": (GOOD.replace(",", ":").encode(), "too few columns. ", "1 column"),
    "too many columns": (
        ",".join(f"c{number}" for number in range(1001)).encode(),
        "too many columns. Allowed: at most 1000. ",
        "more",
    ),
    "two columns with a name": (
        GOOD.replace("a,b,c", ",b,c").encode(),
        f"too few columns with a name. Allowed: {HEADER}. ",
        "2 named columns",
    ),
    "one name twice": (
        GOOD.replace("a,b,c", "a,b,a").encode(),
        "two columns of one name. Allowed: names that differ. ",
        "'a'",
    ),
    "one name thrice": (
        GOOD.replace("a,b,c", "a,a,a").encode(),
        "two columns of one name. Allowed: names that differ. ",
        "'a'",
    ),
    "no name": (
        "\n".join(["a,b,,c", *(f"{row[:-1]}7,{row[-1]}" for row in ROWS)]).encode(),
        "column 3 has no name. Allowed: a name for each column, or the keys features and label. ",
        "['a', 'b', '', 'c']",
    ),
    "a short row": (
        spoilt(7, "1,2"),
        f"row 7: c: a missing value. Allowed: {LABEL}; {DROP}. ",
        "''",
    ),
    "a long row": (
        spoilt(3, "1,2,0,9"),
        "row 3: 4 cells. Allowed: 3, as in the header; ",
        "['1', '2', '0', '9']",
    ),
    "a long first row": (spoilt(2, "1,2,0,9"), "row 2: 4 cells. ", "['1', '2', '0', '9']"),
    "a word": (
        spoilt(5, "1,many,0"),
        (
            f"row 5: b: not a number. Allowed: {FEATURE}; "
            'missing_values = ["many"] says that it stands for a missing value. '
        ),
        "'many'",
    ),
    "a decimal comma": (
        spoilt(5, '"1,5",2,0'),
        f'row 5: a: a decimal comma. Allowed: {FEATURE}; decimal = "," says that all have it. ',
        "'1,5'",
    ),
    "thousands": (spoilt(5, '"1,500",2,0'), "row 5: a: not a number. ", "'1,500'"),
    "a unit": (spoilt(5, "12 g,2,0"), "row 5: a: not a number. ", "'12 g'"),
    "a date": (spoilt(5, "31.1.2024,2,0"), "row 5: a: not a number. ", "'31.1.2024'"),
    "underscores": (spoilt(5, "1_0,2,0"), "row 5: a: not a number. ", "'1_0'"),
    "hexadecimal": (spoilt(5, "0x10,2,0"), "row 5: a: not a number. ", "'0x10'"),
    "other digits": (spoilt(5, "١,2,0"), "row 5: a: not a number. ", "'١'"),
    "infinity": (spoilt(2, "1,-inf,0"), "row 2: b: not a finite number. ", "'-inf'"),
    "overflow": (spoilt(2, "1,1e999,0"), "row 2: b: too large. ", "'1e999'"),
    "no single": (spoilt(2, "1,1e31,0"), "row 2: b: too large. ", "'1e31'"),
    "no feature": (
        spoilt(6, "1,,0"),
        f"row 6: b: a missing value. Allowed: {FEATURE}; {DROP}. ",
        "''",
    ),
    "spaces": (spoilt(6, "1,   ,0"), "row 6: b: a missing value. ", "''"),
    "half a label": (spoilt(6, "1,2,0.5"), "row 6: c: not a whole number. ", "'0.5'"),
    "an endless label": (spoilt(6, "1,2,1e999"), "row 6: c: not a whole number. ", "'1e999'"),
    "a label inf": (spoilt(6, "1,2,inf"), "row 6: c: no label. ", "'inf'"),
    "a mark of direction": (
        spoilt(6, "1,2,a\u202eb"),
        "row 6: c: not one line: U+202E (right-to-left override) at character 2. ",
        r"'a\u202eb'",
    ),
    "a control character": (
        spoilt(6, "1,2,a\x07b"),
        "row 6: c: not one line: U+0007 ",
        r"'a\x07b'",
    ),
    "a label once": (
        spoilt(6, "1,2,7"),
        (
            "row 6: c: a label that occurs once: 7. Allowed: each label at least twice, to train "
            "on and to hold out. "
        ),
        "'7'",
    ),
    "one label": (
        GOOD.replace(",1\n", ",0\n").encode(),
        "c: one label only. Allowed: two to 6 different labels. ",
        "'0'",
    ),
    "seven labels": (
        "\n".join(["a,b,c", *(f"1,2,{row % 7}" for row in range(14))]).encode(),
        "c: too many labels. Allowed: two to 6 different labels. ",
        "7 labels: 0 (2), 1 (2), 2 (2), 3 (2), 4 (2), 5 (2), 6 (2)",
    ),
    "spellings": (
        "\n".join(
            [
                "a,b,c",
                *(f"1,2,{word}" for word in ["yes", "Yes", "YES ", "no", "N o", "s", "t"] * 2),
            ]
        ).encode(),
        (
            "c: too many labels ('yes' and 'Yes' and 'YES', 'no' and 'N o' differ in case or "
            "spaces alone). "
        ),
        "7 labels: yes (2), Yes (2), YES (2), no (2), N o (2), s (2), t (2)",
    ),
    "too many rows": (
        ("a,b,c\n" + "1,2,0\n3,4,1\n" * 5001).encode(),
        "too many rows. Allowed: a header row, then 10 to 10000 rows. ",
        "more than 10000",
    ),
    "an open quote": (
        spoilt(4, '"1,2,0'),
        f"row 4: a quotation mark is never closed. Allowed: {FILE}. ",
        "the end",
    ),
    "a huge cell": (
        spoilt(4, f"{'1' * 200_000},2,0"),
        "row 4: a: too large. ",
        f"'{'1' * 27}...{'1' * 28}'",
    ),
    "a huge header": (
        GOOD.replace("a,b", "a" * 200_000 + ",b", 1).encode(),
        "the name of column 1 is too long. Allowed: at most 120 characters. ",
        f"'{'a' * 27}...{'a' * 28}'",
    ),
    "a header without an end": (
        GOOD.replace("a,b,c", 'a,b,c,"d').encode() + b"1,2,0\n" * 600,
        f"row 1: a quotation mark is never closed. Allowed: {FILE}. ",
        "a header without an end",
    ),
    "a long line": (GOOD.encode() + b"1" * 1_000_001, "row 12: too long. ", "a longer line"),
    "NUL": (spoilt(4, "\0,2,0"), "not text: it has NUL characters. ", "binary data"),
    "separator": (spoilt(4, "1\x1c,2,0"), "row 4: a: not a number. ", r"'1\x1c'"),
    "gzip": (b"\x1f\x8b\x08\0", f"not CSV. Allowed: {FILE}; unpack it. ", "a gzip archive"),
    "a workbook": (
        b"PK\x03\x04",
        f"not CSV. Allowed: {FILE}; save the sheet as CSV. ",
        "a ZIP archive or a workbook (.xlsx, .ods)",
    ),
    "a page": (b"\n <!DOCTYPE html>\n", "not CSV. ", "HTML or XML"),
}


@pytest.mark.parametrize(("content", "wrong", "received"), BAD.values(), ids=BAD)
def test_a_bad_table_is_refused(folder: Path, content: bytes, wrong: str, received: str) -> None:
    """One message says the file, the row, the column, what is allowed and what is there."""
    (folder / "points.csv").write_bytes(content)
    message = refusal(folder)
    assert message.startswith(START + wrong)
    assert received is None or message.endswith(f" Received: {received}")


def test_a_missing_file_is_refused(folder: Path) -> None:
    """The message says where the file is expected."""
    (folder / "points.csv").unlink()
    allowed = "Allowed: a CSV file (text, at most 100 MB), beside the experiment file."
    expected = f"{START}no such file. {allowed}"
    assert refusal(folder) == f"{expected} Received: 'points.csv'"
    (folder / "Points.csv").touch()
    said = f"{expected} Did you mean 'Points.csv'? Received: 'points.csv'"
    assert refusal(folder) == said


def test_a_folder_is_refused(folder: Path) -> None:
    """A folder in the file's place is called one."""
    (folder / "points.csv").unlink()
    (folder / "points.csv").mkdir()
    assert refusal(folder).startswith(f"{START}a folder, not a file. ")


def test_a_pipe_is_refused_without_waiting(folder: Path) -> None:
    """What never ends is not opened."""
    (folder / "points.csv").unlink()
    os.mkfifo(folder / "points.csv")
    assert refusal(folder).startswith(f"{START}not a regular file. ")


def test_a_file_above_the_limit_is_not_read(folder: Path) -> None:
    """A file of 100 MB and a byte, here without content on the disk, is refused by its size."""
    os.truncate(folder / "points.csv", 100_000_001)
    message = refusal(folder)
    assert message.startswith(f"{START}too large. ")
    assert message.endswith(" Received: 100000001 bytes")


def test_an_unreadable_file_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says is passed on; it is pretended here, for permissions do not stop root."""

    def forbidden(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("circles.common.files.open_to_read", forbidden)
    with pytest.raises(CsvError, match="cannot be read: Permission denied"):
        read(folder, "points.csv")


def test_an_address_is_no_path(folder: Path) -> None:
    """What is on the web has to be downloaded first, and the message says so."""
    rewrite(folder, '"points.csv"', '"https://there.org/points.csv"')
    wrong = "an address, whose file has to be downloaded first. Allowed: "
    assert refusal(folder).startswith(f"circles.toml: [dataset]: path: {wrong}")


@pytest.mark.parametrize("path", ["/home/points.csv", r"C:\points.csv", "~/points.csv", "\\\\a\\b"])
def test_an_absolute_path_is_refused(folder: Path, path: str) -> None:
    """An experiment moves with its files, so a path starts at the experiment file."""
    rewrite(folder, '"points.csv"', f"'{path}'")
    message = refusal(folder)
    assert message.startswith("circles.toml: [dataset]: path: not a relative path. Allowed: ")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        pytest.param(
            "features = ['a', 'bb']",
            "features 2: points.csv: no such column. Allowed: a, b, c. Did you mean 'b'? Received: "
            "'bb'",
            id="feature",
        ),
        pytest.param(
            "label = 'd'",
            "label: points.csv: no such column. Allowed: a, b, c. Received: 'd'",
            id="label",
        ),
        pytest.param(
            "features = ['b', 'c']",
            "label: points.csv: c is also a feature; without a key label the last column is the "
            "label. Allowed: a. Received: 'c'",
            id="the last column",
        ),
        pytest.param(
            "features = ['a', 'b']\nlabel = 'a'",
            "label: points.csv: a is also a feature. Allowed: c. Received: 'a'",
            id="a feature as label",
        ),
        pytest.param(
            "features = ['a']",
            "features: too few. Allowed: an array of different values, exactly 2, ",
            id="one feature",
        ),
        pytest.param(
            "decimal = ';'", "decimal: unknown value. Allowed: '.', ','. Received: ';'", id="mark"
        ),
        pytest.param("features = ['a', 'a']", "features: 'a' is there twice. ", id="twice"),
        pytest.param("held_out_share = 0.6", "held_out_share: too large. ", id="share"),
    ],
)
def test_a_choice_that_the_file_does_not_offer_is_refused(
    folder: Path, keys: str, message: str
) -> None:
    """The key is named, and the columns that there are."""
    rewrite(folder, "random_state = 42", f"random_state = 42\n{keys}")
    assert refusal(folder).startswith(f"circles.toml: [dataset]: {message}")


def test_labels_that_fit_no_variant_are_listed_as_the_file_spells_them(folder: Path) -> None:
    """Of three labels two are perhaps one; the message of the variant shows it."""
    words = ["yes", "no", "Yes", "no", "yes"] * 2
    rows = [f"{row.rpartition(',')[0]},{word}" for row, word in zip(ROWS, words, strict=True)]
    (folder / "points.csv").write_text("\n".join(["a,b,c", *rows]))
    assert refusal(folder).startswith(
        'circles.toml: [[variant]] 1 ("plain"): loss: not for the multiclass labels of a data set '
        "of kind csv: 'Yes', 'no', 'yes' ('Yes' and 'yes' differ in case or spaces alone). "
    )


# What follows ---------------------------------------------------------------------------------


def test_the_path_starts_at_the_experiment_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the program is run does not matter."""
    monkeypatch.chdir("/")
    assert load(folder / "circles.toml").dataset.label_count == 2


def test_a_build_says_how_many_rows_it_leaves_out(folder: Path) -> None:
    """Without a missing value there is nothing to say."""
    assert load(folder / "circles.toml").remarks == []
    rewrite(folder, "random_state = 42", 'random_state = 42\nmissing = "drop"')
    (folder / "points.csv").write_text(f"{GOOD}NA,1,1\n1,,0\n")
    assert load(folder / "circles.toml").remarks == [
        "points.csv: 2 of 12 rows left out because they have missing values"
    ]


def test_the_content_counts_and_no_absolute_path(folder: Path) -> None:
    """What decides a result's address has the file's digest, and its place only relatively."""
    before = load(folder / "circles.toml").dataset.model_dump(mode="json")
    (folder / "points.csv").write_bytes(spoilt(2, "0.25,0,0"))
    after = load(folder / "circles.toml").dataset.model_dump(mode="json")
    assert before | {"digest": None} == after | {"digest": None}
    assert before["digest"] != after["digest"]
    assert str(folder) not in f"{after}"


def make_dataset(folder: Path, text: str, **fields) -> Csv:
    """Return a data set of a file that holds ``text``."""
    (folder / "points.csv").write_text(text)
    table = {"kind": "csv", "path": "points.csv", "random_state": 1} | fields
    return Csv.model_validate(table, context={"folder": folder})


def test_the_parts_are_the_file(folder: Path) -> None:
    """Each row is in one of the parts, once, under its label."""
    split = make_split(make_dataset(folder, GOOD))
    X = np.vstack([split.points, split.original(split.held_out_X)])
    rows = np.column_stack([X, [*split.y, *split.held_out_y]]).tolist()
    expected = sorted([float(cell) for cell in row.split(",")] for row in ROWS)
    np.testing.assert_allclose(sorted(rows), expected, atol=1e-12)


@given(
    counts=st.lists(st.integers(2, 30), min_size=2, max_size=6).filter(
        lambda some: sum(some) >= 10
    ),
    share=st.floats(0.01, 0.5),
    state=st.integers(0, 2**32 - 1),
)
def test_each_part_has_its_share_of_each_label(scratch: Path, counts, share, state) -> None:
    """However rare a label is, it is trained on; counts are the share to within one point."""
    least = len(counts) / sum(counts)  # a row for each label, however small the share
    rows = [f"{row},0,{label}" for label, count in enumerate(counts) for row in range(count)]
    text = "\n".join(["a,b,c", *rows])
    dataset = make_dataset(scratch.parent, text, held_out_share=share, random_state=state)
    split = make_split(dataset)
    held_out = np.bincount(split.held_out_y, minlength=len(counts))
    assert (np.bincount(split.y) + held_out == counts).all()
    assert (np.abs(held_out - max(share, least) * np.array(counts)) <= 1.5).all()
    assert split.label_count == dataset.label_count == len(counts)


def test_another_state_parts_the_rows_otherwise(folder: Path) -> None:
    """The draw is the state's: the same one repeats it, another one does not."""
    one, same, other = (
        make_split(make_dataset(folder, GOOD, random_state=state)).X.tolist() for state in (1, 1, 2)
    )
    assert one == same != other

"""The experiment file as bytes and as TOML: every file that holds no tables is refused."""

from pathlib import Path

import pytest

from circles.experiment import document
from circles.experiment.messages import SpecError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the address of an experiment file in the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "circles.toml"


def refusal(file: Path) -> str:
    """Return the message with which ``read`` refuses the file."""
    with pytest.raises(SpecError) as caught:
        document.read(file)
    return str(caught.value)


def test_tables_come_in_the_order_of_the_file(file: Path) -> None:
    """What is read is what TOML says, in its order: messages are ordered by it."""
    file.write_text('z = 1\r\na = "é"\r\n[m]\r\nb = [2]\r\n', encoding="utf-8", newline="")
    assert list(document.read(file).items()) == [("z", 1), ("a", "é"), ("m", {"b": [2]})]


def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    """Editors of Windows write one, and TOML allows none."""
    file.write_bytes(b"\xef\xbb\xbfseeds = 3")
    assert document.read(file) == {"seeds": 3}


BYTES = {
    "empty": (b"", ": empty. Allowed: title, seeds, reference_seed, a table [dataset] and ", "''"),
    "only comments": (b"# soon\n", ": empty. Allowed: title, ", r"'# soon\n'"),
    "UTF-16": ("a = 1".encode("utf-16"), ": line 1: UTF-16. Allowed: UTF-8. ", r"b'\xff\xfe'"),
    "Latin-1": ("a = 1\nb = 'é'".encode("latin-1"), ": line 2: not UTF-8. ", r"b'\xe9'"),
    "a picture": (b"\x89PNG\r\n\x1a\n", ": line 1: not UTF-8. ", r"b'\x89'"),
    "not TOML": (
        b"title = 'A'\nseeds = = 3\n",
        ": line 2, column 9: not TOML: Invalid value. Allowed: a text file in TOML 1.0. Received",
        "'seeds = = 3'",
    ),
    "lines of Windows": (
        b"a = 1\r\n\r\nsamples: 40\r\n",
        ": line 3, column 8: not TOML: Expected '=' after a key in a key/value pair. Allowed: ",
        "'samples: 40'",
    ),
    "cut off": (
        b"a = 1\ntitle =",
        ": line 2, column 8: not TOML: Invalid value. Allowed: ",
        "'title ='",
    ),
    "a key twice": (
        b"seeds = 3\nseeds = 4",
        ": line 2, column 10: not TOML: seeds is there twice, first in line 1. Allowed: ",
        "'seeds = 4'",
    ),
    "a key twice, in a table": (
        b"seeds = 3\n[[variant]]\nseeds = 1\nepochs = 2\n  epochs = 3\n",
        ": line 5, column 13: not TOML: epochs is there twice, first in line 4. Allowed: ",
        "'  epochs = 3'",
    ),
    "a key twice, in braces": (
        b"layers = [{ units = 4, units = 5 }]",
        ": line 1, column 33: not TOML: Duplicate inline table key 'units'. Allowed: ",
        "'layers = [{ units = 4, units = 5 }]'",
    ),
    "an array without its end": (
        b"a = 1\nb = [1,\n2\nc = 3\n",
        ": line 4, column 1: not TOML: Unclosed array. Allowed: ",
        "'c = 3'",
    ),
    "a text without its end": (
        b'a = "b\nc = 1\n',
        ": line 1, column 7: not TOML: Illegal character '\\n'. Allowed: ",
        "'a = \"b'",
    ),
    "a table twice": (
        b"[dataset]\na = 1\n[dataset]\n",
        ": line 3, column 9: not TOML: [dataset] is there twice, first in line 1. ",
        "'[dataset]'",
    ),
    "a text without quotes": (
        b"title = T\n",
        ' Texts stand in straight quotes: "text". ',
        "'title = T'",
    ),
    "a text in curly quotes, in an array": (
        "features = [“a”, “b”]\n".encode(),
        ' Texts stand in straight quotes: "text". ',
        "'features = [“a”, “b”]'",
    ),
    "a number without its zero": (
        b"rate = -.1\n",
        " in TOML 1.0. A number has digits on both sides of its point: 0.1 and 1.0. ",
        "'rate = -.1'",
    ),
    "a number that ends with its point": (
        b"rate = 1.\n",
        " in TOML 1.0. A number has digits on both sides of its point: 0.1 and 1.0. ",
        "'rate = 1.'",
    ),
    "a truth in capitals": (
        b"a = True\n",
        " Write true or false, in small letters. ",
        "'a = True'",
    ),
    "single brackets": (
        b"[variant]\na = 1\n[variant] # again\n",
        " in TOML 1.0. Head each variant with two brackets: [[variant]]. ",
        "'[variant] # again'",
    ),
    "single brackets, then double": (
        b"[variant]\na = 1\n[[variant]]\n",
        " in TOML 1.0. Head each variant with two brackets: [[variant]]. ",
        "'[[variant]]'",
    ),
    "single brackets of a sweep": (
        b"[sweep]\na = 1\n[ sweep ]\n",
        " in TOML 1.0. Head each sweep with two brackets: [[sweep]]. ",
        "'[ sweep ]'",
    ),
    "single brackets of an example": (
        b"[example]\na = 1\n[example]\n",
        " in TOML 1.0. Head each example with two brackets: [[example]]. ",
        "'[example]'",
    ),
    "deep brackets": (
        b"a = " + b"[" * 9999,
        ": nested too deeply. Allowed: a text file in TOML 1.0. ",
        f"'a = {'[' * 23}...{'[' * 28}'",
    ),
    "a deep key": (
        b"a." * 150_000 + b"a = 1",  # for which tomllib alone would take an hour
        ": nested too deeply. Allowed: a text file in TOML 1.0. ",
        "'a.a.a.a.a.a.a.a.a.a.a.a.a.a....a.a.a.a.a.a.a.a.a.a.a.a = 1'",
    ),
    "a long number": (
        b"seeds = " + b"9" * 5000,
        ": a number is too long. Allowed: a text file in TOML 1.0. ",
        f"'seeds = {'9' * 19}...{'9' * 28}'",
    ),
}


@pytest.mark.parametrize(("content", "wrong", "received"), BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_tables_are_refused(
    file: Path, content: bytes, wrong: str, received: str
) -> None:
    """The message names the line as exactly as it is known, and shows it."""
    file.write_bytes(content)
    message = refusal(file)
    assert message.startswith("circles.toml: ")
    assert wrong in message
    assert message.endswith(f" Received: {received}")


def test_a_missing_file_is_refused(file: Path) -> None:
    """The message says where it was looked for, and is no traceback."""
    expected = "circles.toml: no such file. Received: "
    assert refusal(file) == f"{expected}{file.absolute()}"


def test_a_link_to_nothing_is_refused(file: Path) -> None:
    """The message says where it leads."""
    file.symlink_to("other.toml")
    expected = "no such file. Received: a symbolic link to"
    assert refusal(file) == f"circles.toml: {expected} other.toml"


def test_a_folder_is_refused(file: Path) -> None:
    """A folder in the file's place is called one."""
    file.mkdir()
    expected = "a folder, not a file. Allowed: a text file in TOML 1.0. Received: a folder"
    assert refusal(file) == f"circles.toml: {expected}"


def test_an_unreadable_file_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says is passed on; it is pretended here, for permissions do not stop root."""

    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("circles.common.files.read", forbidden)
    expected = "cannot be read: Permission denied. Allowed: a file that you may read."
    assert refusal(file) == f"circles.toml: {expected} Received: {file.absolute()}"


def test_a_name_that_the_system_refuses_is_refused(file: Path) -> None:
    """An address that no file can have is the user's mistake as well."""
    assert ": cannot be read: File name too long. " in refusal(file.with_name("x" * 300))


def test_a_file_elsewhere_is_named_in_full(file: Path) -> None:
    """Only files below the working directory are named without their folder."""
    elsewhere = file.parents[1] / "no such folder" / "circles.toml"
    assert refusal(elsewhere).startswith(f"{elsewhere}: no such file. ")

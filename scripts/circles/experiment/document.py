"""A file in TOML that people write: everything that can be wrong before its keys count."""

import re
import tomllib
from pathlib import Path

from circles.common import files
from circles.common.errors import EncodingError
from circles.experiment.messages import SpecError, file_label, plain, sentence, shown
from circles.experiment.rules import Table

MOST_BYTES = 1_000_000

_TOML = "a text file in TOML 1.0."

# A key of very many parts, for which tomllib takes the square of their number.
_DEEP_KEY = re.compile(r"""(?<![\w"'.-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){100}""")

# The name of a table or a key at the beginning of a line.
_NAME = re.compile(r"\s*(\[[^\]]*\]+|[\w.-]+(?=\s*=))")


def read(path: Path) -> Table:
    """Return the keys and tables of the experiment file at ``path``: at least one; see ``tables``.

    Raises
    ------
    SpecError
        The file is missing, unreadable, empty, not UTF-8 or not TOML.
    """
    file = file_label(path)
    text, document = _read(path, file)
    if not document:
        allowed = "title, seeds, reference_seed, a table [dataset] and at least one [[variant]]."
        raise SpecError(sentence(file, "empty", allowed, shown(text)))
    return document


def tables(path: Path, file: str) -> Table:
    """Return what is in a file, in its order, perhaps nothing; messages call it ``file``."""
    return _read(path, file)[1]


def _read(path: Path, file: str) -> tuple[str, Table]:
    try:
        text = files.decode(_content(path, file), file)
    except EncodingError as error:
        raise SpecError(str(error)) from error
    return text, _parsed(text, file)


def _content(path: Path, file: str) -> bytes:
    try:
        if path.exists():
            _refuse_what_is_no_file(path, file)
        return files.read(path)
    except FileNotFoundError as error:
        is_link = path.is_symlink()
        found = f"a symbolic link to {path.readlink()}" if is_link else str(path.absolute())
        raise SpecError(f"{file}: no such file. Received: {plain(found, 200)}") from error
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}"
        found = plain(str(path.absolute()), 200)
        raise SpecError(sentence(file, wrong, "a file that you may read.", found)) from error


def _refuse_what_is_no_file(path: Path, file: str) -> None:
    """Refuse what cannot be read at all, or may never end."""
    if path.is_dir():
        raise SpecError(sentence(file, "a folder, not a file", _TOML, "a folder"))
    if not path.is_file():
        raise SpecError(sentence(file, "not a regular file", _TOML, "a pipe or a device"))
    if (size := path.stat().st_size) > MOST_BYTES:
        allowed = f"at most {MOST_BYTES} bytes."
        raise SpecError(sentence(file, "too large", allowed, f"{size} bytes"))


def _parsed(text: str, file: str) -> Table:
    if _DEEP_KEY.search(text):
        raise SpecError(sentence(file, "nested too deeply", _TOML, shown(text)))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(_syntax_message(text, error, file)) from error
    except RecursionError as error:
        raise SpecError(sentence(file, "nested too deeply", _TOML, shown(text))) from error
    except ValueError as error:  # Python's own limit, which tomllib lets through as it is
        raise SpecError(sentence(file, "a number is too long", _TOML, shown(text))) from error


def _syntax_message(text: str, error: tomllib.TOMLDecodeError, file: str) -> str:
    """Return what tomllib says; it ends that with ``(at line 3, column 9)``."""
    reason, _, position = str(error).rstrip(")").rpartition(" (at ")
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    line, column = len(lines), len(lines[-1]) + 1
    if found := re.match(r"line (\d+), column (\d+)", position):
        line, column = min(int(found[1]), line), int(found[2])
    if reason.startswith("Cannot "):  # overwrite a value, declare a table twice
        reason = _find_both(lines, line) or reason
    table = re.fullmatch(r"\s*\[\[?\s*(variant|sweep|example)\s*\]\]?\s*(#.*)?", lines[line - 1])
    hint = _value_hint(reason, lines[line - 1][column - 1 :])
    if table:
        hint = f" Head each {table[1]} with two brackets: [[{table[1]}]]."
    place, wrong = f"{file}: line {line}, column {column}", f"not TOML: {plain(reason, 120)}"
    return sentence(place, wrong, _TOML + hint, shown(lines[line - 1]))


def _value_hint(reason: str, rest: str) -> str:
    """Return how to write the value with which the rest of a line begins, if that can be told."""
    if not re.match("Invalid value|Expected newline", reason):
        return ""
    if re.match("(true|false)\\b", rest, re.IGNORECASE):
        return " Write true or false, in small letters."
    if re.match(r"[+-]?\.", rest):
        return " A number has digits on both sides of its point: 0.1 and 1.0."
    is_word = re.match(r"[^\W\d_]|[\u2018-\u201f\u00ab\u00bb\u2039\u203a]", rest)
    return ' Texts stand in straight quotes: "text".' if is_word else ""


def _find_both(lines: list[str], second: int) -> str:
    """Return which key or table is there twice, where that can be told by how lines begin."""
    name = _NAME.match(lines[second - 1])
    for number in range(second - 1, 0, -1):
        above = _NAME.match(lines[number - 1])
        if name and above and name[1] == above[1]:
            return f"{name[1]} is there twice, first in line {number}"
        if above and above[1].startswith("[") and not (name and name[1].startswith("[")):
            break  # a key above belongs to another table
    return ""

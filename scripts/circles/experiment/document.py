"""A file in TOML that people write: everything that can be wrong before its keys count."""

import re
import tomllib
from pathlib import Path

from circles.common import files
from circles.common.errors import EncodingError
from circles.experiment.messages import SpecError, file_label, plain, sentence, shown
from circles.experiment.rules import Table
from circles.experiment.toml_syntax import find_mistake

MOST_BYTES = 1_000_000

_TOML = "a text file in TOML 1.0."

# A key of very many parts, for which tomllib takes the square of their number.
_DEEP_KEY = re.compile(r"""(?<![\w"'.-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){100}""")


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
        raise SpecError(sentence(file, "no such file", _TOML, plain(found, 200))) from error
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
    mistake = find_mistake(text, error)
    double = re.fullmatch(r"\s*\[\[?\s*(variant|sweep|example)\s*\]\]?\s*(#.*)?", mistake.text)
    hint = f" Head each {double[1]} with two brackets: [[{double[1]}]]." if double else ""
    place = f"{file}: line {mistake.line}, column {mistake.column}"
    words = f"{_TOML}{hint or _value_hint(mistake.value)}"
    return sentence(place, f"not TOML: {mistake.wrong}", words, shown(mistake.text))


def _value_hint(rest: str) -> str:
    """Return how to write the value with which the rest of a line begins, if that can be told."""
    if re.match("(true|false)\\b", rest, re.IGNORECASE):
        return " Write true or false, in small letters."
    if re.match(r"[+-]?\.", rest):
        return " A number has digits on both sides of its point: 0.1 and 1.0."
    is_word = re.match(r"[^\W\d_]|[\u2018-\u201f\u00ab\u00bb\u2039\u203a]", rest)
    return ' Texts stand in straight quotes: "text".' if is_word else ""

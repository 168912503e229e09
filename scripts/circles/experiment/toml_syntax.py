"""What is wrong with a text that is no TOML, in words for who wrote it.

tomllib says it in the words of its parser, and often places it behind what is wrong.
"""

import re
import tomllib
from dataclasses import dataclass

from circles.experiment.messages import plain

_MOST_TRIES = 100  # lines of one value, before its first line is looked for no longer
_MOST_READ = 5_000_000  # characters that are read for that

_PART = r"""(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER = re.compile(r"\s*(\[\[?)\s*(.*?)\s*\]\]?\s*(?:#.*)?")

# What tomllib says, and what it means; {key} and {first} are of the statement.
_WORDS = {
    r"Cannot overwrite a value": "{key} is there twice{first}",
    r"Cannot declare .* twice": "{key} is there twice{first}",
    r"Cannot mutate immutable namespace .*": "{key} adds to what is complete already{first}",
    r"Cannot redefine namespace .*": "{key} adds to a table that is complete already",
    r"Duplicate inline table key '(?P<name>.*)'": "the key {name} is there twice in one table",
    r"Expected '=' after a key in a key/value pair": "no = after the key",
    r"Expected newline or end of document .*": "the line goes on where it should end",
    r"Expected '\]\]?' at the end of .*": "no closing bracket at the end of the table's name",
    r"Expected [\"']+": "a quotation mark is never closed",
    r"Unterminated string": "a quotation mark is never closed",
    r"Illegal character '\\n'": "a quotation mark is never closed",
    r"(Illegal|Found invalid) character '(?P<name>.*)'": "a control character, {name}",
    r"Unescaped '\\' in a string": "a backslash, which is written as two between double quotes",
    r"Invalid hex value": "too few hexadecimal digits after a backslash",
    r"Escaped character is not a Unicode scalar value": "no character has this number",
    r"Unclosed array": "a comma or ] is missing in an array{begun}",
    r"Unclosed inline table": "a comma or }} is missing in a table in braces{begun}",
    r"Invalid initial character for a key part": "no key where there must be one",
    r"Invalid statement": "neither a key nor a table",
    r"Invalid date or datetime": "no such date",
    r"Invalid value": "not a value",
}
_ABOUT_A_VALUE = re.compile("Invalid value|Expected newline")
_ABOUT_ALL_OF_IT = re.compile("Cannot |Unclosed|Unterminated|Expected [\"']+$")


@dataclass(frozen=True)
class Mistake:
    """What is wrong, and where: line and column count from 1."""

    wrong: str
    line: int
    column: int
    text: str  # of that line
    value: str  # the rest of the line, if a value is wrong that begins it


def find_mistake(text: str, error: tomllib.TOMLDecodeError) -> Mistake:
    """Return what ``error`` says of ``text``; tomllib ends it with ``(at line 3, column 9)``."""
    reason, _, position = str(error).rstrip(")").rpartition(" (at ")
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    place = re.match(r"line (\d+), column (\d+)", position)
    end = (len(lines), len(lines[-1]) + 1)
    line, column = (min(int(place[1]), len(lines)), int(place[2])) if place else end
    begin = _begin_of_statement(lines, line)
    wrong = _in_words(reason, lines, begin, line)
    if _ABOUT_ALL_OF_IT.match(reason) and (not place or reason.startswith("Cannot ")):
        shown = lines[begin - 1]
        line, column = begin, len(shown) - len(shown.lstrip()) + 1
    text = lines[line - 1]
    is_value = _ABOUT_A_VALUE.match(reason) and not text.lstrip().startswith("[")
    value = text[column - 1 :] if is_value else ""
    if reason == "Invalid value" and not value.split("#")[0].strip():
        is_bare = text[: column - 1].rstrip().endswith("=")
        wrong = "no value after the =" if is_bare else "a value or a closing bracket is missing"
    return Mistake(wrong, line, column, text, value)


def _begin_of_statement(lines: list[str], last: int) -> int:
    """Return the line on which the statement begins that goes wrong on the line ``last``."""
    tries = min(_MOST_TRIES, _MOST_READ // (sum(map(len, lines)) + 1))
    for above in range(last - 1, max(last - 1 - tries, 0), -1):
        try:
            tomllib.loads("\n".join(lines[:above]))
        except ValueError:
            continue
        return above + 1
    return last if last > tries else 1


def _in_words(reason: str, lines: list[str], begin: int, line: int) -> str:
    for pattern, words in _WORDS.items():
        if found := re.fullmatch(pattern, reason):
            first = _line_of_first(lines, begin)
            return words.format(
                key=_name(lines[begin - 1]),
                name=plain(found.groupdict().get("name", "")),
                first=f", first in line {first}" if first else "",
                begun=f" that begins in line {begin}" if begin != line else "",
            )
    return plain(reason, 120)


def _name(line: str) -> str:
    """Return what a statement is about, by its first line."""
    if header := _HEADER.fullmatch(line):
        return f"the table {plain(header[0].split('#')[0].strip())}"
    key = _KEY.match(line)
    return f"the key {plain(key[1])}" if key else "a name"


def _line_of_first(lines: list[str], second: int) -> int | None:
    """Return the line above ``second`` that has its key in the same table, or its header."""
    header, key = _HEADER.fullmatch(lines[second - 1]), _KEY.match(lines[second - 1])
    for number in range(second - 1, 0, -1):
        other = _HEADER.fullmatch(lines[number - 1])
        if header and other and other[2] == header[2]:
            return number
        if key and other:
            return None
        same = _KEY.match(lines[number - 1])
        if same and same[1] == (key[1] if key else header[2] if header else ""):
            return number
    return None

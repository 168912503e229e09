"""Which templates make the book: a set of ours, by its name, or a folder beside the experiment."""

import os
import re
from pathlib import Path, PureWindowsPath

from pydantic_core import PydanticCustomError

from circles.experiment import messages

OURS = ("circles", "plain")
ALLOWED = 'circles, plain, or a folder of templates beside the experiment file, such as "my-book"'


def relative(path: str) -> str:
    """Return a path that starts where the experiment file stands, or refuse another."""
    if re.match(r"[a-z][a-z0-9+.-]+://", path, re.IGNORECASE):
        raise PydanticCustomError("address", "an address, whose file has to be downloaded first")
    if path.startswith(("/", "\\", "~")) or PureWindowsPath(path).drive:
        raise PydanticCustomError("absolute", "not a relative path")
    if ".." in re.split(r"[/\\]", path):
        raise PydanticCustomError("above", "leads out of the folder of the experiment file")
    return path


def find_folder(book: str, folder: Path) -> Path:
    """Return the folder of a book that is none of ours, which lies in ``folder`` or below it."""
    path = folder / book
    if os.path.lexists(path) and _leads_out(path, folder):
        raise _error("leads out of the folder of the experiment file", book)
    if not path.is_dir():
        raise _error("not a folder" if os.path.lexists(path) else "no such folder", book)
    return path


def _leads_out(path: Path, folder: Path) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _error(wrong: str, book: str) -> Exception:
    return messages.error_at(("book",), wrong, book, OURS, allowed=ALLOWED)

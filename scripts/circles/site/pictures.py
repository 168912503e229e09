"""What a page says of its figures: their size, their rendition for phones, and when they load."""

import posixpath
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from circles.common import files

_IMAGE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r'\bsrc="([^"]+\.svg)"')
_SIZE = re.compile(rb'<svg\b[^>]*?\bwidth="([\d.]+)(pt|px)?"\s+height="([\d.]+)(?:pt|px)?"')
_HEAD = 2000  # bytes of a picture that hold its size

PHONE = "(max-width: 40rem)"
"""Windows in which the rendition for phones is shown."""


class Placed(NamedTuple):
    """The HTML of a page, and the files that it shows besides, relative to the book's folder."""

    html: str
    files: list[str]


def place(page: str, href: str, root: Path, *, enlarge: bool = False) -> Placed:
    """Give every drawn figure of a page its width and height, so that nothing moves as it loads.

    Whatever stands below the first one is loaded when it comes near. With ``enlarge`` a figure is a
    link to itself, which a script opens above the page.

    Parameters
    ----------
    href : str
        The place of the page in the site, where pictures stand as they do in ``root``.
    """
    count, shown = 0, list[str]()

    def complete(found: re.Match[str]) -> str:
        nonlocal count
        image, source = found[0], _SOURCE.search(found[0])
        size = _size_of(source[1], href, root) if source else ""
        if not source or not size or "width=" in image:
            return image
        lazy = ' loading="lazy"' if count else ""
        count += 1
        made = f"<img{lazy}{size}{image[4:]}"
        narrow = source[1].removesuffix("svg") + "narrow.svg"
        if size := _size_of(narrow, href, root):
            shown.append(_path_of(narrow, href))
            made = f'<picture><source media="{PHONE}" srcset="{narrow}"{size}>{made}</picture>'
        return f'<a class="enlarge" href="{source[1]}">{made}</a>' if enlarge else made

    return Placed(_IMAGE.sub(complete, page), shown)


def _path_of(source: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(href), unquote(source)))


def _size_of(source: str, href: str, root: Path) -> str:
    """Return the size of a figure as attributes; nothing if it is not one of ours."""
    path = root / _path_of(source, href)
    if not path.is_file():
        return ""
    found = _SIZE.search(files.read(path)[:_HEAD])
    if not found:
        return ""
    pixels = 4 / 3 if found[2] == b"pt" else 1
    width, height = (round(float(found[group]) * pixels) for group in (1, 3))
    return f' width="{width}" height="{height}"'

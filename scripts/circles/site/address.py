"""Where the site will stand: ``book.site-url`` in ``_quarto.yml``, or the environment."""

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from circles.common.environment import SITE_URL
from circles.site.book import CONFIG, Book
from circles.site.errors import RenderError

_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
FRONT = "index.html"
"""The front page, from the site's folder."""


@dataclass(frozen=True)
class Address:
    """The absolute address of the site's front page; it ends with a slash."""

    text: str

    @property
    def folder(self) -> str:
        """The path of the address, such as ``/circles/``; it begins and ends with a slash."""
        return urlsplit(self.text).path

    def of(self, href: str) -> str:
        """Return the absolute address of a file, given from the site's folder."""
        return self.text + escaped(href)

    def path(self, href: str) -> str:
        """Return the path of a file's address, given from the site's folder."""
        return self.folder + escaped(href)


def escaped(href: str) -> str:
    """Return a file's place in the site as part of an address; of the front page, nothing."""
    return "" if href == FRONT else quote(href)


def address_of(book: Book) -> Address | None:
    """Return where the site of ``book`` will stand; None: nobody says.

    What the environment variable ``CIRCLES_SITE_URL`` says comes first, so that whoever publishes
    need not edit a file.

    Raises
    ------
    RenderError
        If what was given is no address that a site can have.
    """
    if given := os.environ.get(SITE_URL):
        return _parsed(given, SITE_URL)
    given = book.metadata.get("book", {}).get("site-url")
    return None if given in (None, "") else _parsed(given, f"{book.root / CONFIG}: book.site-url")


def _parsed(given: Any, where: str) -> Address:
    if isinstance(given, str) and _is_address(given):
        return Address(given.rstrip("/") + "/")
    raise RenderError(
        f"{where} must be the address of the site's front page: http:// or https://, a host, a "
        f"path if there is one, and nothing more, such as https://example.org/circles/. "
        f"Received: {given!r}"
    )


def _is_address(given: str) -> bool:
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        return False
    host = parts.netloc if port is None else parts.netloc.rpartition(":")[0]
    return (
        parts.scheme in {"http", "https"}
        and bool(_HOST.fullmatch(host))
        and bool(_PATH.fullmatch(parts.path))
        and "//" not in parts.path
        and not {".", ".."} & set(PurePosixPath(parts.path).parts)
        and not given.endswith(("?", "#"))
        and given == parts._replace(query="", fragment="").geturl()
    )

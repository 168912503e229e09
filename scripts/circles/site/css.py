"""Style sheets: what they load."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_CSS_ADDRESS = re.compile(
    r"""(?:url\(\s*|@import\s+(?!url))(?:"([^"]*)"|'([^']*)'|([^"'\s()][^\s)]*))""", re.IGNORECASE
)


@dataclass(frozen=True)
class Located:
    """Something on a page."""

    line: int  # its line in the file, from 1: that where its tag ends, or its text begins
    text: str  # an address, an id, or words


def addresses_in(css: str) -> list[Located]:
    """Return the addresses that a style sheet loads; those inside the document are left out."""
    found = []
    for match in _CSS_ADDRESS.finditer(css):
        address = next((group for group in match.groups() if group), "")
        if address and not address.startswith("#"):
            found.append(Located(css.count("\n", 0, match.start()) + 1, address))
    return found


def addresses_of_style(style: Any) -> Iterator[Located]:
    """Yield the addresses that a style element loads, with their lines in the file."""
    for found in addresses_in("".join(style.itertext())):
        yield Located(style.sourceline + found.line - 1, found.text)

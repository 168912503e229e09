"""What a page loads and runs: nothing from elsewhere, and nothing that its policy does not say."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from circles import files
from circles.site.check_page import Site, Wrong
from circles.site.html import STYLE, Page, addresses_in, read_drawing
from circles.site.public import hash_of

NEEDED = ("default-src", "base-uri", "form-action")
"""What a policy must say: a browser falls back to the first for all but the other two."""

_STRICT = {"'none'", "'self'", "data:"}
# Quarto's pages have scripts and styles of their own inside them; ours have none.
_OF_QUARTO = _STRICT | {"'unsafe-inline'"}


def list_loading(site: Site, path: Path) -> Iterator[Wrong]:
    """Yield what is wrong with what the page at ``path`` loads, runs, and lets the browser load."""
    page = site.pages[path]
    for resource in page.resources:
        if message := _dead_resource(site, path, resource.text):
            yield resource.line, message
    for order in page.refreshes:
        yield order.line, f"an order to load another page: {order.text}"
    if not page.by_quarto:
        policy = page.policies[0].text if page.policies else ""
        are_named = all(one in policy for one in _hashes(page))
        for code in page.inline:
            if not (code.text == STYLE and are_named):
                yield code.line, f"code inside the page: {code.text}"
    yield from _policy(page)


def list_loading_of_file(site: Site, path: Path) -> Iterator[Wrong]:
    """Yield what is wrong with what a style sheet or an SVG picture loads and runs."""
    text = files.read(path).decode("utf-8", errors="replace")
    if path.suffix == ".svg":
        yield from _list_drawing(text)
        return
    for found in addresses_in(text):
        if message := _dead_resource(site, path, found.text):
            yield found.line, message


def _list_drawing(text: str) -> Iterator[Wrong]:
    """Yield what an SVG picture asks for and runs: it shall do neither."""
    drawing = read_drawing(text)
    for address in drawing.addresses:
        if not address.text.startswith(("#", "data:")):
            yield address.line, f"a picture that asks for a file: {address.text}"
    for code in drawing.code:
        yield code.line, f"a picture with code inside: {code.text}"


def _hashes(page: Page) -> set[str]:
    """Return how a policy names the styles that stand in the page."""
    return {f"'{hash_of(style)}'" for style in page.styles}


def _policy(page: Page) -> Iterator[Wrong]:
    """Yield what is wrong with the Content-Security-Policy."""
    allowed = _OF_QUARTO if page.by_quarto else _STRICT
    if not page.policies:
        yield 0, "this page has no Content-Security-Policy"
        return
    policy, *_ = page.policies
    before = [one for one in page.resources if one.line < policy.line]
    if before and not page.by_quarto:  # Quarto puts the head's additions after what it loads
        yield before[0].line, f"this is loaded before the policy is said: {before[0].text}"
    said = {}
    for directive in policy.text.split(";"):
        name, *sources = directive.split() or [""]
        said[name] = sources
        named = _hashes(page) if name == "style-src" else set()
        if strange := [one for one in sources if one not in allowed | named]:
            yield policy.line, f"the policy lets too much through: {name} {strange[0]}"
    if missing := [name for name in NEEDED if name not in said]:
        yield policy.line, f"the policy does not say {missing[0]}"


def _dead_resource(site: Site, path: Path, address: str) -> str | None:
    """Return what is wrong with something that the browser asks for by itself, or None."""
    parts = urlsplit(address)
    if parts.scheme == "data":
        return None
    if parts.scheme or parts.netloc:
        return f"a resource from elsewhere: {address}"
    if not site.has(site.target(path, address)):
        return f"a resource that the site does not have: {address}"
    return None

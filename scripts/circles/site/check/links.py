"""Rules for links: each leads to something that is there."""

from collections.abc import Iterator
from urllib.parse import unquote

from circles.site.check.rule import PageAt, Wrong, page_rule
from circles.site.check.site import split
from circles.site.css import Located
from circles.site.public import LOST, STEPS


def _inner(at: PageAt) -> Iterator[Located]:
    """Yield the links of a page that lead into the site."""
    is_lost = at.path == at.site.folder / LOST
    for link in at.page.links:
        parts = split(link.text)
        # From where a server shows that page, which is elsewhere, steps upwards lead to the site.
        is_step = is_lost and link.text in STEPS
        if not (parts.scheme or parts.netloc or link.text == "#" or is_step):
            yield link


@page_rule
def lk001(at: PageAt) -> Iterator[Wrong]:
    """Every link leads to a file of the site.

    Anyone who follows a broken link finds nothing. Correct the address, or write the page.
    """
    for link in _inner(at):
        path = split(link.text).path
        if path and not at.site.has(at.site.target(at.path, link.text)):
            yield link.line, f"a link to a file that the site does not have: {link.text}"


@page_rule
def lk002(at: PageAt) -> Iterator[Wrong]:
    """Every link to a place on a page leads to an id on that page.

    A broken one leaves the reader at the top of the page. Correct the part after the `#`.
    """
    for link in _inner(at):
        parts = split(link.text)
        target = at.site.target(at.path, link.text) if parts.path else at.path
        anchor, page = unquote(parts.fragment), at.site.pages.get(target)
        if anchor and page and anchor not in {found.text for found in page.ids}:
            yield link.line, f"a link to a label that its page does not have: {link.text}"

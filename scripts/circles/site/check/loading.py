"""Rules for what a page loads and runs: nothing from elsewhere, and nothing unforeseen."""

from collections.abc import Iterator

from circles.site.check.rule import PageAt, Wrong, WrongFile, page_rule, site_rule
from circles.site.check.site import Site, split
from circles.site.html import SCRIPT, STYLE, Page
from circles.site.public import hash_of

NEEDED = ("default-src", "base-uri", "form-action")
"""What a policy must say: a browser falls back to the first for all but the other two."""

_NAMED = {"style-src": STYLE, "script-src": SCRIPT}
_STRICT = {"'none'", "'self'", "data:"}
# Quarto's pages have scripts and styles of their own inside them; ours have none.
_OF_QUARTO = _STRICT | {"'unsafe-inline'"}


@site_rule
def ld001(site: Site) -> Iterator[WrongFile]:
    """Nothing is loaded from elsewhere.

    Loading it would tell others who reads the site, and would fail without a network. Put a copy
    into the site.
    """
    for path, found in site.loaded():
        parts = split(found.text)
        if parts.scheme != "data" and (parts.scheme or parts.netloc):
            message = f"a resource from elsewhere: {found.text}"
            yield site.name(path), found.line, message


@site_rule
def ld002(site: Site) -> Iterator[WrongFile]:
    """What is loaded is a file of the site.

    If the file is missing, something is not shown or does not work. Correct the address, or list
    the file under `resources` in `_quarto.yml`.
    """
    for path, found in site.loaded():
        parts = split(found.text)
        is_inner = not (parts.scheme or parts.netloc)
        if is_inner and not site.has(site.target(path, found.text)):
            message = f"a resource that the site does not have: {found.text}"
            yield site.name(path), found.line, message


@page_rule
def ld003(at: PageAt) -> Iterator[Wrong]:
    """No page sends the browser on to another.

    The reader did not ask for it. Use a link.
    """
    for order in at.page.refreshes:
        yield order.line, f"an order to load another page: {order.text}"


@page_rule
def ld004(at: PageAt) -> Iterator[Wrong]:
    """No page contains code, except a style that its policy names.

    Code that came in with a text from elsewhere would look just like it. Put scripts and styles
    into files. Pages made by Quarto do contain code.
    """
    if at.page.by_quarto:
        return
    policy = at.page.policies[0].text if at.page.policies else ""
    named = [kind for kind in at.page.code if all(one in policy for one in _hashes(at.page, kind))]
    for code in at.page.inline:
        if code.text not in named:
            yield code.line, f"code inside the page: {code.text}"


@page_rule
def ld005(at: PageAt) -> Iterator[Wrong]:
    """Every page has a Content-Security-Policy.

    It keeps the browser from loading what we did not foresee. It belongs in the head.
    """
    if not at.page.policies:
        yield 0, "this page has no Content-Security-Policy"


@page_rule
def ld006(at: PageAt) -> Iterator[Wrong]:
    """The policy comes before everything that it governs.

    What comes before it is loaded without it. Quarto puts it last in the head.
    """
    for policy in () if at.page.by_quarto else at.page.policies[:1]:
        if before := [one for one in at.page.resources if one.line < policy.line]:
            yield before[0].line, f"this is loaded before the policy is said: {before[0].text}"


@page_rule
def ld007(at: PageAt) -> Iterator[Wrong]:
    """The policy allows only files of the site and data in the page.

    Name a style or a script that the page contains by its hash; beyond that, allow only `'self'`
    and `data:`.
    """
    allowed = _OF_QUARTO if at.page.by_quarto else _STRICT
    for policy in at.page.policies[:1]:
        for name, *sources in _directives(policy.text):
            named = _hashes(at.page, _NAMED[name]) if name in _NAMED else set()
            if strange := [one for one in sources if one not in allowed | named]:
                yield policy.line, f"the policy lets too much through: {name} {strange[0]}"


@page_rule
def ld008(at: PageAt) -> Iterator[Wrong]:
    """The policy has `default-src`, `base-uri` and `form-action`.

    A browser falls back to `default-src` for whatever the policy does not mention, but not for the
    other two.
    """
    for policy in at.page.policies[:1]:
        said = {name for name, *_ in _directives(policy.text)}
        if missing := [name for name in NEEDED if name not in said]:
            yield policy.line, f"the policy does not say {missing[0]}"


def _hashes(page: Page, kind: str) -> set[str]:
    """Return how a policy names the styles or the scripts that stand in the page."""
    return {f"'{hash_of(code)}'" for code in page.code.get(kind, ())}


def _directives(policy: str) -> list[list[str]]:
    """Return the directives of a policy, each with what it allows."""
    return [words for one in policy.split(";") if (words := one.split())]

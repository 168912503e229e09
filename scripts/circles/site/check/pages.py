"""Rules for each page: what it says of itself, its headings, ids, pictures and words."""

from collections import Counter
from collections.abc import Iterator

from circles.site.check.marks import find_leftover
from circles.site.check.rule import PageAt, Wrong, WrongFile, page_rule, site_rule
from circles.site.check.site import Site

HEAVIEST_PAGE = 1_500_000
"""Bytes that one page may have with its pictures, scripts and style sheets, Quarto's own apart."""

_LIBRARIES = "site_libs"  # Quarto's own: the same for every page, and not ours to make smaller


@site_rule
def pg001(site: Site) -> Iterator[WrongFile]:
    """Every page is UTF-8.

    A browser shows other bytes as replacement characters. Save the text that the page is made from
    as UTF-8.
    """
    for path in site.unreadable:
        yield site.name(path), 0, "this page is not UTF-8"


@page_rule
def pg002(at: PageAt) -> Iterator[Wrong]:
    """Every page is one document: `html`, `head` and `body` occur once, where they belong.

    A browser silently gives the attributes of a second one to the first. Take it out of the
    template.
    """
    for tag in at.page.misplaced:
        yield tag.line, f"a tag that stands where it cannot: {tag.text}"


@page_rule
def pg003(at: PageAt) -> Iterator[Wrong]:
    """Every page has a title.

    It names the tab, the bookmark and the search result. Give the page a first heading.
    """
    if not at.page.title.strip():
        yield 0, "this page has no title"


@page_rule
def pg004(at: PageAt) -> Iterator[Wrong]:
    """Every page states its language.

    Screen readers choose their voice by it. Set `lang` in `_quarto.yml`.
    """
    if not at.page.language:
        yield 0, "this page does not say its language"


@page_rule
def pg005(at: PageAt) -> Iterator[Wrong]:
    """No heading level is skipped, and the first heading has level 1.

    Readers who cannot see the page navigate it by its headings. Use one `#` less.
    """
    level = 0
    for heading in at.page.headings:
        now = int(heading.text[1])
        if now > level + 1:
            yield heading.line, f"a heading {heading.text} follows one of level {level}"
        level = now


@page_rule
def pg006(at: PageAt) -> Iterator[Wrong]:
    """No id occurs twice on a page.

    Links to it lead to the first. Rename one of the two.
    """
    counts = Counter(found.text for found in at.page.ids)
    for found in at.page.ids:
        if counts[found.text] > 1:
            yield found.line, f"a label that stands {counts[found.text]} times: {found.text}"
            counts[found.text] = 0


@page_rule
def pg007(at: PageAt) -> Iterator[Wrong]:
    """Every image has an alternative text.

    It is read to anyone who cannot see the image. Give a figure an `alt` in the module that draws
    it, and an image in a page a `fig-alt`.
    """
    for image in at.page.images_without_alt:
        yield image.line, f"an image without alternative text: {image.text}"


@page_rule
def pg008(at: PageAt) -> Iterator[Wrong]:
    """No mark of a template, a shortcode or a cross-reference is left in the text.

    Something in the page's template was not resolved: a typing error in `<< >>`, `{{< meta >}}` or
    `@fig-`. In code and in names from the experiment such marks are allowed.
    """
    for words in at.page.words:
        if mark := find_leftover(words.text, at.site.typed):
            yield words.line, f"a mark that was not resolved: {mark}"


@page_rule
def pg009(at: PageAt) -> Iterator[Wrong]:
    """No page weighs more than 1.5 MB, with everything that it loads.

    Many people have slow connections. Look for large figures; Quarto's libraries do not count.
    """
    loaded = {at.site.target(at.path, one.text) for one in at.page.resources}
    files = [one for one in {at.path, *loaded} if one.is_file() and _LIBRARIES not in one.parts]
    if (weight := sum(one.stat().st_size for one in files)) > HEAVIEST_PAGE:
        message = f"this page has {weight} bytes with all that it loads"
        yield 0, f"{message}, more than {HEAVIEST_PAGE}"


@page_rule
def cl001(at: PageAt) -> Iterator[Wrong]:
    """Every claim holds.

    The results do not bear out a sentence of the page, which shows it marked. Reword it, or put it
    behind an `if`. A site with such a sentence is not published.
    """
    for words in at.page.failing:
        yield words.line, f"a claim that does not hold: {words.text}"

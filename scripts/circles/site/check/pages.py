"""Rules for each page: what it says of itself, its headings, ids, pictures and words."""

from collections import Counter
from collections.abc import Iterator

from circles.site.check.marks import find_leftover
from circles.site.check.rule import PageAt, PageRule, SiteRule, Wrong
from circles.site.check.site import Site

HEAVIEST_PAGE = 1_500_000
"""Bytes that one page may have with its pictures, scripts and style sheets, Quarto's own apart."""

_LIBRARIES = "site_libs"  # Quarto's own: the same for every page, and not ours to make smaller


class PG001(SiteRule):
    """Every page is UTF-8.

    A browser shows other bytes as replacement characters. Save the text that the page comes from
    as UTF-8.
    """

    def of_site(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield the pages that are not."""
        for path in site.unreadable:
            yield site.name(path), "this page is not UTF-8"


class PG002(PageRule):
    """Every page is one document: `html`, `head` and `body` stand once, and where they can.

    A browser gives the attributes of a second one to the first, unseen by whoever reads the file.
    Take it out of the template.
    """

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield the tags that stand elsewhere."""
        for tag in at.page.misplaced:
            yield tag.line, f"a tag that stands where it cannot: {tag.text}"


class PG003(PageRule):
    """Every page has a title.

    It names the tab, the bookmark and the search result. Give the page a first heading.
    """

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield that there is none."""
        if not at.page.title.strip():
            yield 0, "this page has no title"


class PG004(PageRule):
    """Every page says its language.

    Screen readers choose their voice by it. Set `lang` in `_quarto.yml`.
    """

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield that it does not."""
        if not at.page.language:
            yield 0, "this page does not say its language"


class PG005(PageRule):
    """No level of heading is skipped, and the first heading is of level 1.

    Who does not see the page moves through it by its headings. Use one `#` less.
    """

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield headings that are deeper by more than one than the one before."""
        level = 0
        for heading in at.page.headings:
            now = int(heading.text[1])
            if now > level + 1:
                yield heading.line, f"a heading {heading.text} follows one of level {level}"
            level = now


class PG006(PageRule):
    """No id stands twice on a page.

    Links to it lead to the first. Rename one of the two.
    """

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield the first place of each id that stands more than once."""
        counts = Counter(found.text for found in at.page.ids)
        for found in at.page.ids:
            if counts[found.text] > 1:
                yield found.line, f"a label that stands {counts[found.text]} times: {found.text}"
                counts[found.text] = 0


class PG007(PageRule):
    """Every image has an alternative text.

    It is read to whoever does not see the image. Give a figure an `alt` in the module that draws
    it, an image of a page `fig-alt`.
    """

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield the images without."""
        for image in at.page.images_without_alt:
            yield image.line, f"an image without alternative text: {image.text}"


class PG008(PageRule):
    """No mark of a template, a shortcode or a cross-reference is left in the text.

    Something in the page's template was not resolved: a typing error in `<< >>`, `{{< meta >}}`
    or `@fig-`. In code, and in names from the experiment, marks are meant.
    """

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield the texts with such a mark."""
        for words in at.page.words:
            if mark := find_leftover(words.text, at.site.typed):
                yield words.line, f"a mark that was not resolved: {mark}"


class PG009(PageRule):
    """No page weighs more than 1.5 MB with all that it loads.

    Many people read on slow lines. Look for large figures; Quarto's libraries do not count.
    """

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield that it does."""
        loaded = {at.site.target(at.path, one.text) for one in at.page.resources}
        files = [one for one in {at.path, *loaded} if one.is_file() and _LIBRARIES not in one.parts]
        if (weight := sum(one.stat().st_size for one in files)) > HEAVIEST_PAGE:
            message = f"this page has {weight} bytes with all that it loads"
            yield 0, f"{message}, more than {HEAVIEST_PAGE}"


class CL001(PageRule):
    """Every claim holds.

    The results do not bear out a sentence of the page, which shows it marked. Reword it, or put it
    behind an `if`. A site with such a sentence is not published.
    """

    is_warning = True

    def of_page(self, at: PageAt) -> Iterator[Wrong]:
        """Yield the sentences that are marked."""
        for words in at.page.failing:
            yield words.line, f"a claim that does not hold: {words.text}"

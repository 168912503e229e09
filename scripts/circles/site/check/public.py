"""Rules for what a site tells the public: its addresses, its map, its picture for shared links."""

from collections.abc import Callable, Iterator
from functools import wraps
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from lxml import etree
from PIL import Image

from circles.common import files
from circles.site.address import FRONT, Address
from circles.site.check.rule import PageAt, Wrong, WrongFile, page_rule, site_rule
from circles.site.check.site import Site
from circles.site.public import LOST, SITEMAP

_NOINDEX = "noindex"


def _is_another(site: Site) -> bool:
    """Return whether the site says another address than the book does: that is told once."""
    return site.wanted_address not in {None, site.address}


def head_rule(rule: Callable[[PageAt, Address | None], Iterator[str]]) -> None:
    """Enter a rule for what the head of each page says, but for the page of the lost.

    It is told where the site stands, if that is known.
    """

    @page_rule
    @wraps(rule)
    def of_page(at: PageAt) -> Iterator[Wrong]:
        if at.path != at.site.folder / LOST and not _is_another(at.site):
            for message in rule(at, at.site.address):
                yield 0, message


@page_rule
def pb001(at: PageAt) -> Iterator[Wrong]:
    """The 404 page says `noindex`.

    No search engine should show it.
    """
    said = at.page.metas.get("robots", "")
    if at.path == at.site.folder / LOST and _NOINDEX not in said:
        yield 0, f"this page does not say {_NOINDEX}"


@site_rule
def pb002(site: Site) -> Iterator[WrongFile]:
    """The front page states the site's address.

    `site-url` in `_quarto.yml`, or CIRCLES_SITE_URL, has changed since the site was rendered.
    Render again.
    """
    if _is_another(site) and site.wanted_address:
        yield FRONT, 0, f"this page does not say that its address is {site.wanted_address.text}"


@head_rule
def pb003(at: PageAt, base: Address | None) -> Iterator[str]:
    """A page has absolute addresses only if the address of the site is known.

    Set the site's address as `site-url` in `_quarto.yml`, or remove theirs.
    """
    metas = at.page.metas
    said = [*at.page.canonical, metas.get("og:url"), metas.get("og:image")]
    if base is None and (found := next(filter(None, said), None)):
        yield f"an absolute address, but that of the site is not known: {found}"


@head_rule
def pb004(at: PageAt, base: Address | None) -> Iterator[str]:
    """Every page names its own address as the canonical one.

    Otherwise search engines take copies of a page for separate pages.
    """
    wanted = base and base.of(at.site.name(at.path))
    if wanted and at.page.canonical != [wanted]:
        received = ", ".join(at.page.canonical)
        yield f"its canonical address must be {wanted}. Received: {received!r}"


@head_rule
def pb005(at: PageAt, base: Address | None) -> Iterator[str]:
    """Every page is shared under its own address.

    Its `og:url` states it.
    """
    wanted, url = base and base.of(at.site.name(at.path)), at.page.metas.get("og:url")
    if wanted and url != wanted:
        yield f"its og:url must be {wanted}. Received: {url!r}"


@head_rule
def pb006(at: PageAt, base: Address | None) -> Iterator[str]:
    """The picture beside a shared link is a file of the site.

    Its `og:image` names it.
    """
    if base and not _picture(at, base):
        image = at.page.metas.get("og:image", "")
        yield f"its og:image is no file of the site. Received: {image!r}"


@head_rule
def pb007(at: PageAt, base: Address | None) -> Iterator[str]:
    """The picture beside a shared link has the size that the page states.

    Programs that show the link leave that much room for it.
    """
    path = base and _picture(at, base)
    described = tuple(at.page.metas.get(f"og:image:{name}", "") for name in ("width", "height"))
    if path and described != tuple(map(str, size_of(path))):
        yield f"its og:image has another size than it says. Received: {' × '.join(described)!r}"


@head_rule
def pb008(at: PageAt, base: Address | None) -> Iterator[str]:
    """The picture beside a shared link has an alternative text.

    It is read to anyone who cannot see the picture.
    """
    alt = at.page.metas.get("og:image:alt", "")
    if base and _picture(at, base) and not alt.strip():
        yield "its og:image has no alternative text"


@site_rule
def pb009(site: Site) -> Iterator[WrongFile]:
    """There is a sitemap if, and only if, the address of the site is known.

    Render again.
    """
    is_there = (site.folder / SITEMAP).is_file()
    if _is_another(site) or is_there == bool(site.address):
        return
    if is_there:
        yield SITEMAP, 0, "there is a sitemap, but the address of the site is not known"
    else:
        yield SITEMAP, 0, "the site has no sitemap"


@site_rule
def pb010(site: Site) -> Iterator[WrongFile]:
    """The sitemap lists the pages of the site, and nothing else.

    Search engines find the pages by it. Render again.
    """
    path, base = site.folder / SITEMAP, site.address
    if base is None or _is_another(site) or not path.is_file():
        return
    try:
        root = etree.fromstring(files.read(path), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as error:
        yield SITEMAP, 0, f"the sitemap cannot be read: {error.msg}"
        return
    found = {"".join(loc.itertext()).strip() for loc in root.iter("{*}loc")}
    wanted = {base.of(site.name(one)) for one in site.pages if one != site.folder / LOST}
    for url in sorted(found - wanted):
        yield SITEMAP, 0, f"an address that is no page of the site: {url}"
    for url in sorted(wanted - found):
        yield SITEMAP, 0, f"a page is missing: {url}"


def _picture(at: PageAt, base: Address) -> Path | None:
    """Return the picture beside a shared link, if it is a file of the site."""
    image = at.page.metas.get("og:image", "")
    path = at.site.folder / unquote(image.removeprefix(base.text))
    return path if image.startswith(base.text) and at.site.has(path.resolve()) else None


def size_of(path: Path) -> tuple[int, int]:
    """Return the width and the height of a PNG picture in pixels; (0, 0): it is none."""
    try:
        with Image.open(BytesIO(files.read(path)), formats=["png"]) as picture:
            return picture.size
    except OSError:
        return 0, 0

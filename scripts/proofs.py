"""Contact sheets of the finished site, to look the whole of it over: ``make proofs``.

Every page at three widths, light and dark, and every page of the PDF, into ``_proofs/``. Whoever
changes a template, a style or a figure looks at these before others do.
"""

import argparse
import math
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise, product
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Error, FloatRect, Page, sync_playwright

WIDTHS = (1280, 390, 320)  # of a window, in CSS pixels
SCHEMES = ("light", "dark")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The first draws no window around a page, which is more than half of the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
THUMB = 420  # pixels that the longer edge of a page of the PDF takes on its sheet
ACROSS = 6  # pages of the PDF beside each other
ROWS = 4
HIGHEST = 16_000  # pixels: Chromium's pictures end there
MARGIN, CAPTION = 12, 16  # pixels


def main() -> None:
    """Write the sheets of a site, and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=Path("_site"), help="the finished site")
    parser.add_argument("--out", type=Path, default=Path("_proofs"), help="where the sheets go")
    options = parser.parse_args()
    if not (options.site / "index.html").is_file():
        sys.exit(f"{options.site}: no finished site here. Make it first: make report")
    options.out.mkdir(exist_ok=True)
    count = photograph_pages(options.site, options.out) + photograph_pdfs(options.site, options.out)
    print(f"{count} pictures in {options.out}/")
    for path in sorted(options.site.glob("*.pdf")):
        print(f"{path.name}: {describe_holes(path)}")


def photograph_pages(site: Path, out: Path) -> int:
    """Take each page whole, at each width, light and dark; return how many pictures that were."""
    pages = sorted(path.relative_to(site) for path in site.rglob("*.html"))
    with open_browser() as browser:
        for width, scheme in product(WIDTHS, SCHEMES):
            window = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            for page in pages:
                window.goto((site / page).resolve().as_uri())
                name = "-".join(page.with_suffix("").parts)
                _take(window, width, out / f"{width}-{scheme}-{name}.png")
            window.close()
    return len(pages) * len(WIDTHS) * len(SCHEMES)


def find_browser() -> str | None:
    """Return where the machine's Chromium is, if it is on the PATH."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Open the machine's Chromium, or end with what is missing."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        except Error as error:
            sys.exit(f"no browser can be opened: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


def _take(window: Page, width: int, path: Path) -> None:
    """Photograph a page from its head to its foot, with what loads only when it comes into view."""
    window.evaluate("document.querySelectorAll('[loading=lazy]').forEach(e => e.loading = 'eager')")
    window.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => 0)))")
    height = min(window.evaluate("document.documentElement.scrollHeight"), HIGHEST)
    clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": height}
    window.screenshot(path=path, full_page=True, clip=clip)


def photograph_pdfs(site: Path, out: Path) -> int:
    """Put the pages of each PDF side by side onto sheets; return how many sheets that were."""
    count = 0
    for path in sorted(site.glob("*.pdf")):
        with pypdfium2.PdfDocument(path) as document:
            for number, sheet in enumerate(_sheets(_thumbnails(document), len(document)), 1):
                sheet.save(out / f"pdf-{path.stem}-{number:02}.png")
                count += 1
    return count


def describe_holes(path: Path) -> str:
    """Return how many pages a PDF has, and those more than a third empty in one piece."""
    with pypdfium2.PdfDocument(path) as document:
        gaps = map(_largest_gap, _thumbnails(document))
        holes = [number for number, gap in enumerate(gaps, 1) if gap > 1 / 3]
        listed = f": {', '.join(map(str, holes))}" if holes else ""
        return f"{len(document)} pages, {len(holes)} more than a third empty{listed}"


def _largest_gap(page: Image.Image) -> float:
    """Return the height of the largest white band between the head and the foot of a page, of 1."""
    width, height = page.size
    body = page.convert("L").crop((0, int(0.07 * height), width, int(0.93 * height)))
    darkest = [min(body.crop((0, y, width, y + 1)).getdata()) for y in range(body.height)]
    inked = [-1, *(y for y, value in enumerate(darkest) if value < 200), body.height]
    return max(below - above for above, below in pairwise(inked)) / body.height


def _thumbnails(document: pypdfium2.PdfDocument) -> Iterator[Image.Image]:
    for page in document:
        yield page.render(scale=THUMB / max(page.get_size())).to_pil()


def _sheets(thumbnails: Iterable[Image.Image], total: int) -> Iterator[Image.Image]:
    """Yield sheets of ``ACROSS`` times ``ROWS`` pages, each with its number below it."""
    cell, room = THUMB + MARGIN, ACROSS * ROWS
    numbered = enumerate(thumbnails, 1)
    for first in range(0, total, room):
        rows = math.ceil(min(room, total - first) / ACROSS)
        sheet = Image.new("RGB", (ACROSS * cell, rows * (cell + CAPTION)), "#8a8a8a")
        for place in range(min(room, total - first)):
            number, thumbnail = next(numbered)
            corner = (place % ACROSS * cell + MARGIN // 2, place // ACROSS * (cell + CAPTION))
            sheet.paste(thumbnail, corner)
            ImageDraw.Draw(sheet).text(
                (corner[0], corner[1] + THUMB + 2), str(number), fill="white"
            )
        yield sheet


if __name__ == "__main__":
    main()

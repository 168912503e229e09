"""Letters that the figures' own font lacks: drawn in fonts of the machine, emoji as pictures."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from circles.report import fonts
from circles.report.faces import DRAWS, Font, folder_of, is_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from circles.report.fonts import Fallback

_FAMILY = "Circles Pictures"
_NAME = "CirclesPictures"
_SIZE = 100  # of a letter in an SVG of Matplotlib, before it is scaled
_ABOVE, _BELOW = 90, 30  # what a picture has above the line of letters, and below
_AS_WIDE = "\u2014."  # as a picture, or a little wider
_SHAPE = re.compile(rf'<path id="{_NAME}-([0-9a-f]+)" d="[^"]*" transform="[^"]*"/>'.encode())


class _Emoji(NamedTuple):
    """A run of emoji as SVG, in the size of Matplotlib's letters, and its width."""

    svg: bytes
    width: float


def redraw(figure: Figure, save: Callable[[], bytes]) -> bytes | None:
    """Return what ``save`` makes of a figure once it borrows fonts; None if it needs none.

    ``figure`` was drawn before, so that all its texts are there.
    """
    from matplotlib.text import Text

    found = {text: fonts.in_figures(text.get_text()) for text in figure.findobj(Text)}
    needed = {text: fallback for text, fallback in found.items() if fallback.uses}
    if not needed:
        return None
    runs = {
        run: font
        for text, fallback in needed.items()
        for run, font in _list_emoji(text.get_text(), fallback)
    }
    with _as_font({run: _picture(run, font) for run, font in sorted(runs.items())}) as insert:
        for text, fallback in needed.items():
            text.set_fontfamily(_families(fallback))
        return insert(save())


def use_fonts(text: Text) -> None:
    """Give a text the fonts of the machine that its letters need, pictures aside."""
    fallback = fonts.in_figures(text.get_text())
    if fallback.uses:
        text.set_fontfamily(_families(fallback))


def measurable(text: str) -> str:
    """Return a text as wide as ``text``, or a little wider, in which letters stand for emoji.

    Their pictures are made only once the figure is drawn.
    """
    from rich.cells import split_graphemes

    for run, _ in _list_emoji(text, fonts.in_figures(text)):
        text = text.replace(run, _AS_WIDE * len(split_graphemes(run)[0]))
    return text


def _families(fallback: Fallback) -> list[str]:
    """Return the fonts of a text: that of the figures first, but where letters belong together."""
    uses = [use for use in fallback.uses if not is_picture(use.font)]
    first = [_family(use.font) for use in uses if use.instead]
    then = [_family(use.font) for use in uses if not use.instead]
    return [*first, DRAWS, *then, *([_FAMILY] if len(uses) < len(fallback.uses) else [])]


def _family(font: Font) -> str:
    """Return what Matplotlib calls a font, which it knows from now on."""
    from matplotlib.font_manager import fontManager

    def find() -> str | None:
        known = (entry for entry in fontManager.ttflist if entry.fname == font.path)
        return next((entry.name for entry in known if entry.index == font.face), None)

    if find() is None:
        fontManager.addfont(font.path)
    return find() or font.family


def _list_emoji(text: str, fallback: Fallback) -> Iterator[tuple[str, Font]]:
    """Yield the runs of a text that are pictures, each with its font."""
    for use in fallback.uses:
        if is_picture(use.font):
            letters = re.escape(use.letters)
            run = f"[{letters}][{letters}{fonts.JOINERS}]*"
            yield from ((found, use.font) for found in re.findall(run, text))


def _picture(run: str, font: Font) -> _Emoji:
    """Return emoji as Typst draws them, which knows every kind of font of pictures."""
    import typst

    letters = "".join(f"\\u{{{ord(letter):x}}}" for letter in run)
    document = (
        f"#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"
        f'#set text(font: "{font.family}", size: {_SIZE}pt, fallback: false, '
        f'top-edge: {_ABOVE}pt, bottom-edge: -{_BELOW}pt)\n#"{letters}"'
    )
    with folder_of([font]) as folder:
        found = typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
        made = typst.Compiler(document.encode(), font_paths=found).compile(format="svg")
    opening, _, rest = cast("bytes", made).partition(b">")
    width = re.search(rb'viewBox="0 0 ([\d.]+)', opening)
    return _Emoji(rest.removesuffix(b"</svg>"), float(width[1]) if width else _SIZE)


@contextmanager
def _as_font(pictures: Mapping[str, _Emoji]) -> Iterator[Callable[[bytes], bytes]]:
    """Let Matplotlib place pictures as the letters of a font; give what puts them in their places.

    Its letters are boxes as wide as the pictures.
    """
    from matplotlib.font_manager import fontManager

    if not pictures:
        yield lambda svg: svg
        return
    known = list(fontManager.ttflist)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pictures.ttf")
        first = _write_font(pictures, path)
        fontManager.addfont(path)
        shapes = dict(enumerate(pictures.values(), start=first))
        try:
            yield lambda svg: _SHAPE.sub(lambda found: _shape(found, shapes), svg)
        finally:
            fontManager.ttflist[:] = known


def _shape(found: re.Match[bytes], shapes: Mapping[int, _Emoji]) -> bytes:
    """Return the picture in the place of a box; of a part of an emoji alone there is none."""
    picture = shapes.get(int(found[1], 16))
    name = f'id="{_NAME}-{found[1].decode()}" transform="translate(0 {_ABOVE}) scale(1 -1)"'
    return b"<g %s>%s</g>" % (name.encode(), picture.svg if picture else b"")


def _write_font(pictures: Mapping[str, _Emoji], path: Path) -> int:
    """Write a font that has a box for every run; return the number of the first of these boxes."""
    from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
    from fontTools.fontBuilder import FontBuilder

    letters = {letter: f"u{ord(letter):x}" for run in pictures for letter in run}
    runs = {run: f"run{number}" for number, run in enumerate(pictures)}
    scale = 1000 / _SIZE
    widths = dict.fromkeys([".notdef", *letters.values()], 0)
    widths |= {runs[run]: round(picture.width * scale) for run, picture in pictures.items()}
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(list(widths))
    font.setupCharacterMap({ord(letter): name for letter, name in letters.items()})
    font.setupGlyf({name: _box(width) for name, width in widths.items()})
    font.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    font.setupHorizontalHeader(ascent=round(_ABOVE * scale), descent=-round(_BELOW * scale))
    font.setupNameTable({"familyName": _FAMILY, "styleName": "Regular", "psName": _NAME})
    font.setupOS2()
    font.setupPost()
    rules = [f"sub {' '.join(letters[one] for one in run)} by {runs[run]};" for run in runs]
    addOpenTypeFeaturesFromString(font.font, f"feature ccmp {{{' '.join(rules)}}} ccmp;")
    font.save(path)
    return list(widths).index(runs[next(iter(runs))])


def _box(width: int) -> object:
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for place in ((0, 700), (width, 700), (width, 0)):
        pen.lineTo(place)
    pen.closePath()
    return pen.glyph()

"""Pictures side by side: which differ, on how many pixels, and where."""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typst
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from circles.common import files
from circles.report.faces import drawing_font

PPI = 96
# Colour steps of 255 that a pixel may differ: less is no other line, only another rounding.
SAME_COLOUR = 8
_MARK = (208, 32, 80)
_PAPER = (255, 255, 255)
_PAGE = '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")'


@dataclass(frozen=True)
class PictureChange:
    """A picture whose bytes differ, or that one side does not have; PNG files as bytes.

    The difference is the new picture, pale, with the pixels that differ marked.
    """

    name: str
    old: bytes | None
    new: bytes | None
    difference: bytes | None = None
    share: float | None = None  # of the pixels that differ
    problem: str = ""  # why it cannot be drawn

    @property
    def words(self) -> str:
        """What happened to it."""
        if self.problem:
            return f"cannot be drawn: {self.problem}"
        if self.share is None:
            return "only in A" if self.new is None else "only in B"
        if self.share == 0:
            return "other bytes, the same picture"
        return f"{100 * self.share:.2f} % of the pixels differ"


def compare_picture(name: str, old: Path | None, new: Path | None) -> PictureChange | None:
    """Return how a picture differs, None where it is the same byte for byte."""
    before, after = (files.read(path) if path else None for path in (old, new))
    if before == after:
        return None
    try:
        old_picture, new_picture = (
            None if content is None else rasterise(content, Path(name))
            for content in (before, after)
        )
    except ValueError as error:
        return PictureChange(name, None, None, problem=str(error))
    if old_picture is None or new_picture is None:
        old_file, new_file = (
            png(picture) if picture else None for picture in (old_picture, new_picture)
        )
        return PictureChange(name, old_file, new_file)
    mask = differing(old_picture, new_picture)
    marked = png(_marked(new_picture, mask))
    share = float(np.mean(np.asarray(mask) > 0))
    return PictureChange(name, png(old_picture), png(new_picture), marked, share)


def rasterise(content: bytes, name: Path) -> Image.Image:
    """Return the picture in ``content``, on white; SVG at ``PPI`` pixels an inch.

    Raises
    ------
    ValueError
        It is no picture of the kind that the suffix of ``name`` says.
    """
    try:
        if name.suffix == ".svg":
            content = _draw_svg(content)
        picture = Image.open(io.BytesIO(content)).convert("RGBA")
    except (typst.TypstError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(str(error).splitlines()[0]) from error
    page = Image.new("RGBA", picture.size, (*_PAPER, 255))
    return Image.alpha_composite(page, picture).convert("RGB")


def _draw_svg(content: bytes) -> bytes:
    # A name of our own in a folder of its own: no other file can be reached from the picture.
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "picture.svg").write_bytes(content)
        fonts = typst.Fonts(
            include_system_fonts=False, font_paths=[str(Path(drawing_font().path).parent)]
        )
        compiler = typst.Compiler(_PAGE.encode(), root=folder, font_paths=fonts)
        drawn = compiler.compile(format="png", ppi=PPI)
    if not isinstance(drawn, bytes):
        raise OSError("it does not fit on one page")
    return drawn


def differing(old: Image.Image, new: Image.Image) -> Image.Image:
    """Return white where the two pictures differ and black elsewhere, on the union of both."""
    size = (max(old.width, new.width), max(old.height, new.height))
    # Outside of its picture a sheet is transparent: that differs, though both be white there.
    before, after = (
        np.asarray(_on_sheet(picture, size, (*_PAPER, 0)), int) for picture in (old, new)
    )
    steps = np.abs(before - after).max(axis=-1)
    return Image.fromarray(np.where(steps > SAME_COLOUR, 255, 0).astype(np.uint8))


def _on_sheet(
    picture: Image.Image, size: tuple[int, int], colour: tuple[int, int, int, int]
) -> Image.Image:
    """Return ``picture`` in the corner of a sheet."""
    sheet = Image.new("RGBA", size, colour)
    sheet.paste(picture.convert("RGBA"))
    return sheet


def _marked(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """Return ``picture`` pale and grey with the mask, a pixel wider, in a strong colour."""
    grey = _on_sheet(picture, mask.size, (*_PAPER, 255)).convert("L").convert("RGB")
    pale = Image.blend(grey, Image.new("RGB", mask.size, _PAPER), 0.6)
    pale.paste(_MARK, mask=mask.filter(ImageFilter.MaxFilter(3)))
    return pale


def draw_labels(labels: NDArray[np.floating], differs: NDArray[np.bool_]) -> bytes:
    """Return a map of ``labels``, (H, W) from the bottom, as PNG, marked where they differ.

    Elsewhere it is grey, and the lighter the larger the label.
    """
    finite = labels[np.isfinite(labels)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    level = np.nan_to_num((labels - low) / (high - low or 1.0), nan=0.5)
    pixels = np.repeat((205 + 35 * level)[..., np.newaxis], 3, axis=2).astype(np.uint8)
    pixels[differs] = _MARK
    return png(Image.fromarray(pixels[::-1]))


def png(picture: Image.Image) -> bytes:
    """Return ``picture`` as a PNG file with at most 256 colours: pages of many stay small."""
    content = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(content, "png", optimize=True)
    return content.getvalue()

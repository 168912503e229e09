"""Pictures side by side: which differ, on how many pixels, and where."""

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typst
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from circles.common import files

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


@dataclass(frozen=True)
class Pictures:
    """All pictures of two sides: how many are byte for byte the same, and the others."""

    same: int
    changed: tuple[PictureChange, ...]


def compare_pictures(old: Mapping[str, Path], new: Mapping[str, Path]) -> Pictures:
    """Return how the pictures of two sides, by name, differ; in the order of the names."""
    changed = []
    for name in sorted(old.keys() | new.keys()):
        before = files.read(old[name]) if name in old else None
        after = files.read(new[name]) if name in new else None
        if before != after:
            changed.append(_compare(name, before, after))
    return Pictures(len(old.keys() | new.keys()) - len(changed), tuple(changed))


def _compare(name: str, old: bytes | None, new: bytes | None) -> PictureChange:
    contents = {"old": old, "new": new}
    try:
        drawn = {
            side: rasterise(content, Path(name))
            for side, content in contents.items()
            if content is not None
        }
    except ValueError as error:
        return PictureChange(name, None, None, problem=str(error))
    files = {side: png(picture) for side, picture in drawn.items()}
    if len(files) < 2:
        return PictureChange(name, files.get("old"), files.get("new"))
    before, after = drawn["old"], drawn["new"]
    mask = differing(before, after)
    share = float(np.mean(np.asarray(mask) > 0))
    return PictureChange(name, files["old"], files["new"], png(_marked(after, mask)), share)


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
        compiler = typst.Compiler(_PAGE.encode(), root=folder, ignore_system_fonts=True)
        drawn = compiler.compile(format="png", ppi=PPI)
    if not isinstance(drawn, bytes):
        raise OSError("it does not fit on one page")
    return drawn


def differing(old: Image.Image, new: Image.Image) -> Image.Image:
    """Return white where the two pictures differ and black elsewhere, on the union of both."""
    size = (max(old.width, new.width), max(old.height, new.height))
    before, after = _padded(old, size), _padded(new, size)
    bands = ImageChops.difference(before, after).split()
    largest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    changed = largest.point([255 * (step > SAME_COLOUR) for step in range(256)])
    # What lies outside one of the pictures differs, though both be white there.
    outside = [Image.new("L", size, 255) for _ in range(2)]
    for sheet, picture in zip(outside, (old, new), strict=True):
        sheet.paste(0, (0, 0, *picture.size))
    return ImageChops.lighter(changed, ImageChops.lighter(*outside))


def _padded(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    page = Image.new("RGB", size, _PAPER)
    page.paste(picture)
    return page


def _marked(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """Return ``picture`` pale and grey with the mask, a pixel wider, in a strong colour."""
    grey = _padded(picture, mask.size).convert("L").convert("RGB")
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

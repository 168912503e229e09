"""Rules for pictures."""

from collections.abc import Iterator

from circles.site.check.rule import Wrong, WrongFile, drawing_rule, site_rule
from circles.site.check.site import Site
from circles.site.svg import Drawing

LARGEST_IMAGE = 150_000
"""Bytes that one figure may have."""

IMAGES = {".svg", ".png", ".jpg", ".webp"}


@site_rule
def pc001(site: Site) -> Iterator[WrongFile]:
    """No image is larger than 150 kB.

    A larger one is slow to load. Draw fewer points, or rasterise them.
    """
    for path in site.files:
        if path.suffix in IMAGES and (size := path.stat().st_size) > LARGEST_IMAGE:
            yield site.name(path), 0, f"this image has {size} bytes, more than {LARGEST_IMAGE}"


@drawing_rule
def pc002(drawing: Drawing) -> Iterator[Wrong]:
    """Every SVG picture is well-formed XML.

    A browser does not show a malformed one. Draw the figure again.
    """
    for error in drawing.errors[:1]:
        yield error.line, f"a picture that no browser shows: {error.text}"


@drawing_rule
def pc003(drawing: Drawing) -> Iterator[Wrong]:
    """No SVG picture refers to a file.

    It would be loaded from elsewhere, or not at all. Put what it shows into the picture.
    """
    for address in drawing.addresses:
        if not address.text.startswith(("#", "data:")):
            yield address.line, f"a picture that asks for a file: {address.text}"


@drawing_rule
def pc004(drawing: Drawing) -> Iterator[Wrong]:
    """No SVG picture contains code.

    The code would run for anyone who opens the picture by itself. Take it out.
    """
    for code in drawing.code:
        yield code.line, f"a picture with code inside: {code.text}"

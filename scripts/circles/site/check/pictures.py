"""Rules for pictures."""

from collections.abc import Iterator

from circles.site.check.rule import DrawingRule, SiteRule, Wrong
from circles.site.check.site import Site
from circles.site.svg import Drawing

LARGEST_IMAGE = 150_000
"""Bytes that one figure may have."""

IMAGES = {".svg", ".png", ".jpg", ".webp"}


class PC001(SiteRule):
    """No image has more than 150 kB.

    A figure of more is slow to load. Draw fewer points, or rasterise them.
    """

    def of_site(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield the images that have."""
        for path in site.files:
            if path.suffix in IMAGES and (size := path.stat().st_size) > LARGEST_IMAGE:
                yield site.name(path), f"this image has {size} bytes, more than {LARGEST_IMAGE}"


class PC002(DrawingRule):
    """Every SVG picture is well-formed XML.

    A browser does not show another. Write the figure again.
    """

    def of_drawing(self, drawing: Drawing) -> Iterator[Wrong]:
        """Yield the first error."""
        for error in drawing.errors[:1]:
            yield error.line, f"a picture that no browser shows: {error.text}"


class PC003(DrawingRule):
    """No SVG picture asks for a file.

    It would be loaded from elsewhere, or not at all. Put what it shows into it.
    """

    def of_drawing(self, drawing: Drawing) -> Iterator[Wrong]:
        """Yield what it asks for."""
        for address in drawing.addresses:
            if not address.text.startswith(("#", "data:")):
                yield address.line, f"a picture that asks for a file: {address.text}"


class PC004(DrawingRule):
    """No SVG picture has code inside.

    Whoever opens it by itself would run it. Take it out.
    """

    def of_drawing(self, drawing: Drawing) -> Iterator[Wrong]:
        """Yield scripts and event handlers."""
        for code in drawing.code:
            yield code.line, f"a picture with code inside: {code.text}"

"""What the pages say beside a figure or a table, and about what figures show."""

from collections.abc import Mapping

from circles.writing.context.values import Values
from circles.writing.escape import escape
from circles.writing.figures import Picture
from circles.writing.figures.regions import BoundaryPicture
from circles.writing.table import Table


def tell_figure(picture: Picture) -> Values:
    """Return the caption and the alternative text of a figure."""
    return {"caption": picture.caption, "alt": escape(picture.alt)}


def tell_table(table: Table) -> Values:
    """Return a table as Markdown, and its caption."""
    return {"markdown": table.markdown.rstrip(), "caption": table.caption}


def odd_labels(pictures: Mapping[str, Picture]) -> list[Values]:
    """Return the variants whose rounded output is neither 0 nor 1 somewhere, with what it is."""
    found = []
    for picture in pictures.values():
        if isinstance(picture, BoundaryPicture) and picture.grid.columns == 1:
            labels = sorted(picture.grid.shares)
            if not set(labels) <= {0, 1}:
                values = [str(label).replace("-", "−") for label in labels]
                found.append({"title": escape(picture.variant.title), "labels": values})
    return found

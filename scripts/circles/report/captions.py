"""What the pages say beside a figure or a table."""

from collections.abc import Mapping

from circles.report.context_json import Values
from circles.report.escape import escape
from circles.report.figures.picture import Picture
from circles.report.table import Table


def describe_figure(picture: Picture) -> Values:
    """Return the caption and the alternative text of a figure.

    Some pictures also tell ``odd_labels``: what an output rounds to besides 0 and 1.
    """
    return {
        "caption": picture.caption,
        "alt": escape(picture.alt),
        "odd_labels": getattr(picture, "odd_labels", None),
    }


def describe_table(table: Table) -> Values:
    """Return a table as Markdown, and its caption."""
    return {"markdown": table.markdown.rstrip(), "caption": table.caption}


def list_odd_labels(figures: Mapping[str, Values]) -> list[Values]:
    """Return the variants whose rounded output is neither 0 nor 1 somewhere, with what it is."""
    return [text["odd_labels"] for text in figures.values() if text["odd_labels"]]

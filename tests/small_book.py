"""The smallest book: a template for every page, and its pages in a folder."""

from circles.report.pages import render_pages
from circles.report.template_set import BOOK, CLOSING, read_set

CHAPTERS = ("problem", "lines", "bends")
DESCRIBED = f"""
subtitle = "A line"
description = "Points."
chapters = {list(CHAPTERS)}
"""


def make_templates(folder):
    """Put the smallest template of every page into ``folder`` and return it."""
    (folder / "variants").mkdir(parents=True)
    for name in (*CHAPTERS, *CLOSING):
        (folder / f"{name}.qmd.j2").write_text(f"# The {name} {{#sec-{name}}}\n")
    (folder / "front.qmd.j2").write_text("What index.qmd shows.\n")
    (folder / "variants" / "variant.qmd.j2").write_text("# << variant.name >> of << up >>\n")
    (folder / BOOK).write_text(DESCRIBED)
    return folder


def as_set(folder):
    """Return the templates in ``folder`` as a set that shares none with others."""
    return read_set(folder, folder, "templates")


def write_pages(context, folder, report):
    """Render the pages from the templates in ``folder`` and write them into ``report``."""
    for target, text in render_pages(context, as_set(folder)).texts.items():
        (report / target).parent.mkdir(parents=True, exist_ok=True)
        (report / target).write_text(text)

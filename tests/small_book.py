"""The smallest book: a template for every page, and its pages in a folder."""

from circles.report import pages
from circles.report.pages import render_pages


def make_templates(folder):
    """Put the smallest template of every page into ``folder`` and return it."""
    (folder / "variants").mkdir(parents=True)
    for name in (*pages.CHAPTERS, *pages.CLOSING):
        (folder / f"{name}.qmd.j2").write_text(f"# The {name} {{#sec-{name}}}\n")
    (folder / "front.qmd.j2").write_text("What index.qmd shows.\n")
    (folder / "variants" / "variant.qmd.j2").write_text("# << variant.name >> of << up >>\n")
    return folder


def write_pages(context, templates, report):
    """Render the pages and write them into ``report``."""
    for target, text in render_pages(context, templates).texts.items():
        (report / target).parent.mkdir(parents=True, exist_ok=True)
        (report / target).write_text(text)

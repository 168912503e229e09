"""The findings of a comparison as an HTML page that needs no scripts, no network and no files."""

import base64
import hashlib
from pathlib import Path

import jinja2
from markupsafe import Markup

from circles.common import files
from circles.compare.findings import Findings
from circles.experiment.messages import plain

_HERE = Path(__file__).parent
MOST_LINES = 200  # of one page's text that are shown


def as_html(findings: Findings) -> str:
    """Return the page. The same findings give the same page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = lambda text: plain(text, 1000)
    environment.filters["base64"] = lambda content: base64.b64encode(content).decode()
    style = files.read_text(_HERE / "page.css")
    return environment.get_template("page.html.j2").render(
        findings=findings,
        most_lines=MOST_LINES,
        style=Markup(style),  # noqa: S704 - our own file, in an element that knows no escapes
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )

"""Search: every section can be found by its words, in a file of bounded size."""

import hashlib
import json
import tomllib
from typing import Any

from circles.site import search
from circles.site.head import HERE

BODY = """<p>Before <em>all</em>, a word.</p><div class="sidenote"><p>Elsewhere</p></div>
<h2 id="a"><span>1.1</span> First <a class="anchor" href="#a"></a></h2><p>A <code>name</code>;
<math><mi>x</mi><annotation>x</annotation></math> done.</p><pre><code>code</code></pre>
<h3 id="b">Second</h3><table><tr><td>cell</td></tr></table><figcaption>Seen</figcaption>"""


def page(body: str, href: str = "report/x.html") -> dict[str, Any]:
    """Return a page as the renderer has it."""
    return {"href": href, "number": "2", "plain_title": "A page", "body": body}


def read(script: str) -> list[list[str]]:
    """Return what an index says, as a browser would read it."""
    rows: list[list[str]] = json.loads(script.removeprefix("window.circlesSearch = ")[:-2])
    return rows


def test_a_section_is_found_by_its_own_words() -> None:
    """Each has its address, its page, its heading and its words; code and tables are left out."""
    assert read(search.index_of([page(BODY)])) == [
        ["report/x.html", "2 A page", "", "Before all, a word."],
        ["report/x.html#a", "2 A page", "1.1 First", "A name; done."],
        ["report/x.html#b", "2 A page", "Second", "Seen"],
    ]


def test_the_index_is_bounded() -> None:
    """A long section is searched in part, and of very many the last by their headings alone."""
    many = [page(f"<h2 id='s'>One</h2><p>{'word ' * 900}</p>") for _ in range(1000)]
    rows = read(search.index_of(many))
    assert sum(len(text) for *_, text in rows) == search.MOST
    assert max(len(text) for *_, text in rows) == search.LONGEST
    assert rows[-1][2:] == ["One", ""]


def test_what_others_made_is_as_they_made_it() -> None:
    """Files that come from packages have the checksums of the list, and their licences beside."""
    listed = tomllib.loads((HERE / "vendored.toml").read_text())
    licences = (HERE / "assets" / "licences.txt").read_text()
    for name, one in listed.items():
        assert f"{name}@{one['version']}" in licences
        for target, (_, digest) in one["files"].items():
            content = (HERE / "assets" / target).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest, target
            assert len(content) < 200_000

"""What is read of a page stands where it was written, whatever is around it."""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circles.site.html import read
from extent import examples

TEXTS = st.text(st.sampled_from("ab &<>\"'\n@{é線\u00a0"), max_size=8)
TAGS = st.sampled_from(["div", "span", "section", "em", "code", "svg", "unknown"])


@dataclass
class Written:
    """A page as it is written, and what stands on which line of it."""

    text: str = "<html><head><title>T</title></head><body>"
    ids: list[tuple[int, str]] = field(default_factory=list)
    words: list[tuple[int, str]] = field(default_factory=list)

    def put(self, node: object, *, is_code: bool = False) -> None:
        """Add a text, a comment or an element."""
        line = self.text.count("\n") + 1
        if isinstance(node, str):
            self.text += escape(node, quote=False)
            if node and not is_code:
                self.words.append((line, node))
        elif isinstance(node, bytes):
            self.text += f"<!--{node.decode()}-->"
        else:
            tag, children = node
            self.ids.append((line, f"i{len(self.ids)}"))
            self.text += f'<{tag} id="{self.ids[-1][1]}">'
            for child in children:
                self.put(child, is_code=is_code or tag == "code")
            self.text += f"</{tag}>"


def elements(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Return elements of what is inside; between two texts stands something else."""
    comments = st.sampled_from([b"a", b"a\nb"])
    pairs = st.lists(st.tuples(TEXTS, inner | comments), max_size=4)
    return st.tuples(TAGS, pairs.map(lambda found: [one for pair in found for one in pair]))


@settings(max_examples=examples(60), deadline=None)
@given(page=st.recursive(elements(st.nothing()), elements, max_leaves=12))
def test_ids_and_words_are_found_with_their_lines(
    page: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nested as you like, with line breaks in texts and comments; what is code is left out."""
    written = Written()
    written.put(("div", ["begin", page, "end\nof it"]))
    path = Path(tmp_path_factory.getbasetemp(), "page.html")
    path.write_text(written.text, encoding="utf-8", newline="\n")
    found = read(path)
    assert [(one.line, one.text) for one in found.ids] == written.ids
    assert [(one.line, one.text) for one in found.words if one.text != "T"] == written.words

"""Escaped text against Pandoc: what is read is what was typed."""

import json

import pypandoc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from circles.report.escape import escape
from extent import examples

FORMAT = "markdown+autolink_bare_uris+emoji"
LETTERS = st.text(
    st.sampled_from("ab1 \\`*_{}[]()<>$~^@|#&\"'!+:-.,;/?%=é→"), min_size=1, max_size=30
)
TYPED = st.builds("{}z".format, LETTERS)  # a title has a letter or digit in it


def _inlines(markdown):
    """Return the inline elements of a paragraph on a page, which begins with a heading."""
    page = f"# A page\n\n{markdown}\n"
    document = json.loads(pypandoc.convert_text(page, "json", FORMAT, ["--wrap=preserve"]))
    _, block = document["blocks"]
    assert block["t"] == "Para"
    return block["c"]


def _plain(inlines):
    """Return the text of inline elements; anything but words and spaces is an error."""
    return "".join(
        {"Str": lambda one: one["c"], "Space": lambda _: " "}[one["t"]](one) for one in inlines
    )


@settings(max_examples=examples(20))
@given(TYPED)
@example("a $x_1$ {{< meta x >}} <b>*bold*</b> | `c` & &amp; \\ @key [^1] -- ... z")
@example("1. z")
@example("(iv) z")
@example("- z")
@example("ab https://example.org :smile: 'q' \"q\" ~a~ ^b^ #c !d z")
def test_pandoc_reads_what_was_typed(text):
    """Whatever marks a text holds, Pandoc reads its words and spaces and nothing else."""
    assert _plain(_inlines(escape(text))) == " ".join(text.split())


@settings(max_examples=examples(20))
@given(TYPED)
def test_an_attribute_holds_what_was_typed(text):
    """The same escaping holds between the quotes of an alternative text."""
    (image,) = _inlines(f'[a](b){{.x fig-alt="{escape(text)}"}}')
    attributes = dict(image["c"][0][2])
    assert attributes == {"fig-alt": " ".join(text.split())}


def test_a_text_stays_on_one_line():
    """Line breaks would end a heading or a row of a table: they become spaces."""
    assert escape("one\n two\tthree") == "one two three"


@pytest.mark.parametrize("text", ["One linear unit, 10 epochs", "linear-150", "Fig. 1 (a), 50 %"])
def test_plain_words_stay_plain(text):
    """What needs no mark gets none, so that a generated page can be read."""
    assert escape(text) == text

"""Names that people typed, in any script: kept from moving what is around them, and broken."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from circles.experiment.spec import Example, Experiment, Sweep, Variant
    from circles.experiment.split import Split

    Titled = TypeVar("Titled", Variant, Sweep, Example)

PLAIN_TITLE = "plain-title"
"""The key of the report's title as it was typed; what Quarto reads as the title is Markdown."""

FRONT = "_front.qmd"
"""What index.qmd, which people write, shows of a build; below report/."""

_FIRST = 0xF0000  # private letters: each stands for a letter that is written as several
_OPEN, _CLOSE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_LEFTWARDS = {"R", "AL"}
_NOT_IN_NAMES = re.compile(r"[ <>()|:&;#?*'\\/]")  # what Quarto takes out of file names


def isolate(name: str) -> str:
    """Return a name that moves nothing around it: one that runs from right to left is isolated.

    Without that, a number behind an Arabic title would be shown before it. Other names stay as they
    are.
    """
    if any(unicodedata.bidirectional(letter) in _LEFTWARDS for letter in name):
        return f"{_OPEN}{bare(name)}{_CLOSE}"
    return name


def isolate_titles(experiment: Experiment) -> Experiment:
    """Return an experiment whose titles, but for its own, are isolated: see ``isolate``."""
    examples = tuple(
        _isolated(one.model_copy(update={"variants": tuple(map(_isolated, one.variants))}))
        for one in experiment.examples
    )
    found = {
        "variants": tuple(map(_isolated, experiment.variants)),
        "sweeps": tuple(map(_isolated, experiment.sweeps)),
        "examples": examples,
    }
    return experiment.model_copy(update=found)


def isolate_columns(split: Split) -> Split:
    """Return points whose columns and classes have isolated names."""
    across, up = map(isolate, split.feature_names)
    return replace(
        split,
        feature_names=(across, up),
        label_name=isolate(split.label_name),
        class_names=tuple(map(isolate, split.class_names)),
    )


def _isolated(table: Titled) -> Titled:
    names = {key: getattr(table, key, None) for key in ("title", "short")}
    return table.model_copy(update={key: isolate(name) for key, name in names.items() if name})


def as_file_name(title: str) -> str:
    """Return what a book's files are named after its title: with dashes, as Quarto has it.

    No title leads out of the site: what parts the folders of a path becomes a dash too.
    """
    return _NOT_IN_NAMES.sub("-", title)


def bare(text: str) -> str:
    """Return a text without the marks that isolate names."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def break_lines(name: str, letters: int, lines: int) -> str:
    """Return a name broken after ``letters`` letters, and cut after ``lines`` lines.

    Wide letters, such as those of Chinese, count twice. What is written without spaces is broken
    between any two letters.
    """
    from rich.cells import split_graphemes

    spans, width = split_graphemes(bare(name))
    seen = [bare(name)[start:end] for start, end, _ in spans]
    signs = {one: chr(_FIRST + at) for at, one in enumerate(dict.fromkeys(seen)) if len(one) > 1}
    most = max(letters * len(seen) // max(width, 1), 2)
    wrapper = _Wrapper(most, max_lines=lines, placeholder=" …")
    broken = wrapper.fill("".join(signs.get(one, one) for one in seen))
    whole = broken.translate({ord(sign): one for one, sign in signs.items()})
    return "\n".join(isolate(line) if _OPEN in name else line for line in whole.split("\n"))


def shorten(name: str, letters: int) -> str:
    """Return a name of one line, cut where it is wider than so many letters."""
    from rich.cells import split_graphemes

    spans, width = split_graphemes(bare(name))
    if width <= letters:
        return name
    ends = accumulate(cells for *_, cells in spans)
    last = max([end for (_, end, _), cells in zip(spans, ends, strict=True) if cells < letters])
    short = f"{bare(name)[:last].rstrip()}…"
    return isolate(short) if _OPEN in name else short


class _Wrapper(textwrap.TextWrapper):
    """Breaks words that fill a line between any two letters, where others would leave them out."""

    def _split(self, text: str) -> list[str]:
        longest = self.width - len(self.placeholder)
        chunks = super()._split(text)
        return [part for chunk in chunks for part in (chunk if len(chunk) > longest else [chunk])]

"""Claims: what the pages say about the results, as it turned out on the results.

``claim_tag`` finds them while the pages are rendered. One that does not hold stays on its page,
marked, with what was measured: nobody is kept from looking at results that turn out otherwise.
"""

import json
import posixpath
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any

from circles.common.errors import CirclesError
from circles.common.text import plural
from circles.report.escape import escape

FILE = "claims.json"  # below report/: every claim of the pages, and whether it holds
FAILS = "does-not-hold"  # the class of words on a page whose claim does not hold

# A bracket after a backslash is a letter of a title; after two, the first stands for itself.
_LINK = re.compile(r"(?<!\\)((?:\\\\)*)\]\((?![a-z]+:|/)([^)\s#]*)")
_SYNTAX = (  # of Markdown, and what a reader sees in its place
    (re.compile(r"!?\[([^\[\]]*)\](?:\([^)]*\)|\{[^}]*\})"), r"\1"),
    (re.compile(r"(?<!\\)[*`]+"), ""),
    (re.compile(r"\\([^\w\s])"), r"\1"),
)


class ClaimError(CirclesError):
    """Claims do not hold; the text says how many, and what to do about it."""


@dataclass(frozen=True)
class Claim:
    """One claim, as it turned out."""

    name: str  # on a page in a folder, such as that of a variant, after the name of the page
    page: str  # that makes it, from report/
    template: str  # where it is written
    line: int
    condition: str  # what must be true, in the template's words
    # What the condition read, and the value of each. An ``and`` or ``or`` that is decided by its
    # first part does not read its second.
    measured: Mapping[str, str]
    words: str  # what the page says, in Markdown, on one line
    holds: bool
    section: str | None = None  # the label of the section in which the words stand

    def __str__(self) -> str:
        return (
            f'{self.template}, line {self.line}: claim "{self.name}" '
            f'{self.verdict}: "{as_plain(self.words)}". It says: {self.condition}. '
            f"Measured: {self.evidence}"
        )

    @property
    def verdict(self) -> str:
        """``holds`` or ``does not hold``."""
        return "holds" if self.holds else "does not hold"

    @property
    def evidence(self) -> str:
        """What was measured, as plain text."""
        return "; ".join(f"{name} = {value}" for name, value in self.measured.items()) or "nothing"

    def mark(self, words: str) -> str:
        """Return the words of the claim as its page shows them: marked, if it does not hold."""
        if self.holds:
            return words
        read = ", ".join(_as_code(f"{name} = {value}") for name, value in self.measured.items())
        measured = f": measured {read}" if read else ""
        return f"[{words.strip()} ({self.verdict}{measured})]{{.mark .{FAILS}}}"


def as_plain(markdown: str) -> str:
    """Return the words of running Markdown without links, emphasis and escapes."""
    for pattern, seen in _SYNTAX:
        markdown = pattern.sub(seen, markdown)
    return markdown


def encode(claims: Sequence[Claim]) -> bytes:
    """Return all claims as the file ``FILE`` has them."""
    return (
        json.dumps([asdict(claim) for claim in claims], ensure_ascii=False, indent=1) + "\n"
    ).encode()


def list_failing(content: bytes) -> list[str]:
    """Return a line for every claim in such a file that does not hold."""
    claims = (Claim(**one) for one in json.loads(content))
    return [str(claim) for claim in claims if not claim.holds]


def check_claims(claims: Sequence[Claim], before: str = "") -> None:
    """Raise a ClaimError where claims do not hold, with what stands ``before`` that in the text."""
    if failing := sum(not claim.holds for claim in claims):
        count = f"{failing} of {plural(len(claims), 'claim')} {'does' if failing == 1 else 'do'}"
        raise ClaimError(
            f"{before}{count} not hold on these results. Reword such a sentence in its "
            "template, or put it behind an `if`"
        )


def list_rows(claims: Sequence[Claim], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what the page of claims says about each; ``titles`` are those of the pages."""
    return [
        {
            "title": titles[claim.page],
            "page": claim.page,
            "section": claim.section,
            "words": _rebased(claim),
            "condition": claim.condition,
            "measured": [_as_code(f"{name} = {value}") for name, value in claim.measured.items()],
            "source": f"{claim.template}, line {claim.line}",
            "verdict": claim.verdict,
            "holds": claim.holds,
        }
        for claim in claims
    ]


def _as_code(text: str) -> str:
    """Return Markdown that shows ``text`` as code, or as it is where code would not show it."""
    return escape(text) if re.search(r"`|\{\{", text) else f"`{text}`"


def _rebased(claim: Claim) -> str:
    """Return the words with links that lead from report/ to where they lead from their page."""
    folder, own = posixpath.split(claim.page)

    def rebase(link: re.Match[str]) -> str:
        return f"{link[1]}](" + posixpath.normpath(posixpath.join(folder, link[2] or own))

    return _LINK.sub(rebase, claim.words)


def as_measured(value: Any) -> str:
    """Return a measured value as text: numbers with ten digits, long collections by their size."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Real) and not isinstance(value, Integral):
        return f"{float(value):.10g}"
    if isinstance(value, str | Integral) or not isinstance(value, Collection):
        return str(value)
    if len(value) <= 8 and all(isinstance(item, str | Real) for item in value):
        return f"[{', '.join(as_measured(item) for item in value)}]"
    return f"{len(value)} entries"

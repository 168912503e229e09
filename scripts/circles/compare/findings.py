"""What a comparison found, as one record that is written as text, Markdown or JSON.

``page`` writes the same record as HTML. Text, Markdown and HTML list the rows that matter; JSON has
all rows, in full precision.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from circles.common.text import align, plural
from circles.experiment.messages import plain
from circles.report.escape import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from circles.compare.estimates import Move
    from circles.compare.experiments import EntryChange

LONGEST_CELL = 300


@dataclass(frozen=True)
class FindingColumn:
    """One column of a table."""

    name: str  # its head, and its key in JSON
    value: Callable[[Any], Any]  # the value of a row, as JSON has it
    # The value as people read it; None for a column that only JSON has.
    format: Callable[[Any], str] | None = str
    is_number: bool = False  # whether it is set to the right


@dataclass(frozen=True)
class Illustration:
    """Something to look at on the page: pictures (PNG) by their captions, or lines of text."""

    name: str
    words: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One part of the findings: a sentence, and a table."""

    title: str
    sentence: str
    columns: tuple[FindingColumn, ...] = ()
    rows: Sequence[Any] = ()  # all, for JSON
    listed: Sequence[Any] | None = None  # those that people are shown; None for all
    folded: Sequence[Any] = ()  # those that the page shows on demand
    illustrations: tuple[Illustration, ...] = ()  # what else the page shows
    note: str = ""

    @property
    def shown(self) -> tuple[FindingColumn, ...]:
        """The columns that people are shown."""
        return tuple(column for column in self.columns if column.format)

    def cells(self, rows: Sequence[Any] | None = None) -> list[list[str]]:
        """Return ``rows`` (by default those that are listed) as text without control characters."""
        chosen = rows if rows is not None else self.rows if self.listed is None else self.listed
        return [
            [
                plain(column.format(column.value(row)), LONGEST_CELL)
                for column in self.columns
                if column.format
            ]
            for row in chosen
        ]


@dataclass(frozen=True)
class Findings:
    """The verdict of a comparison, what was compared, and what was found."""

    verdict: str
    moved: bool  # whether the results moved: the exit status of the command
    # What was compared and how, by such names as ``A`` and ``tolerance``.
    compared: Mapping[str, str]
    sections: tuple[Section, ...]


def as_text(findings: Findings) -> str:
    """Return the findings for a terminal; nothing in them controls the terminal."""
    lines = [findings.verdict]
    lines += [f"{name}: {plain(text, LONGEST_CELL)}" for name, text in findings.compared.items()]
    for section in findings.sections:
        lines += ["", section.title.upper(), section.sentence]
        if cells := section.cells():
            head = [column.name for column in section.shown]
            right = [column.is_number for column in section.shown]
            lines += [f"  {line}" for line in align([head, *cells], right)]
    return "\n".join(lines) + "\n"


def as_markdown(findings: Findings) -> str:
    """Return the findings for a pull request: pipe tables, and all names escaped."""
    lines = [f"## {escape(findings.verdict)}", ""]
    lines += [
        f"- {name}: {escape(plain(text, LONGEST_CELL))}" for name, text in findings.compared.items()
    ]
    for section in findings.sections:
        lines += ["", f"### {section.title}", "", escape(section.sentence)]
        if cells := section.cells():
            head = [column.name for column in section.shown]
            body = [[escape(cell) for cell in row] for row in cells]
            table = [head, ["---"] * len(head), *body]
            lines += ["", *(f"| {' | '.join(row)} |" for row in table)]
    return "\n".join(lines) + "\n"


def as_json(findings: Findings) -> str:
    """Return the findings for a machine: every row. Infinite values are "inf" and "-inf"."""
    described = {
        "format": 2,
        "verdict": findings.verdict,
        "moved": findings.moved,
        "compared": dict(findings.compared),
    }
    for section in findings.sections:
        described[section.title.lower().replace(" ", "_")] = [
            {column.name: _finite(column.value(row)) for column in section.columns}
            for row in section.rows
        ]
    return json.dumps(described, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def number(value: float) -> str:
    """Return ``value`` with four decimals, or, if it is large, four digits."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:.4f}" if abs(value) < 1e4 else f"{value:.4g}"


def percent(share: float) -> str:
    """Return ``share`` in percent."""
    return f"{100 * share:.3g} %"


def _entry(value: Any) -> str:
    if value is None:
        return "(none)"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


MOVES = (
    FindingColumn("trial", lambda move: move.trial),
    FindingColumn("metric", lambda move: move.metric),
    FindingColumn("old", lambda move: move.old.value, number, is_number=True),
    FindingColumn("new", lambda move: move.new.value, number, is_number=True),
    FindingColumn(
        "move",
        lambda move: move.standard_errors,
        lambda errors: "no spread" if math.isinf(errors) else f"{errors:+.1f} SE",
        is_number=True,
    ),
    FindingColumn(
        "tolerance", lambda move: move.tolerance, lambda value: f"±{number(value)}", is_number=True
    ),
    FindingColumn("beyond", lambda move: move.beyond, None),
)
ENTRIES = (
    FindingColumn("table", lambda entry: entry.table, lambda table: table or "top level"),
    FindingColumn("key", lambda entry: entry.key),
    FindingColumn("old", lambda entry: entry.old, _entry),
    FindingColumn("new", lambda entry: entry.new, _entry),
)


def describe_entries(entries: Sequence[EntryChange]) -> Section:
    """Return the section of the entries of the experiment that differ."""
    sentence = f"{plural(len(entries), 'entry', 'entries')} of the experiment differ."
    return Section("Experiment", sentence, ENTRIES, entries)


def describe_moves(
    moves: Sequence[Move], errors: float, title: str = "Numbers", of: str = ""
) -> Section:
    """Return the section of the numbers that moved beyond tolerance."""
    if not moves:
        return Section(title, "There is nothing to compare.", MOVES)
    beyond = [move for move in moves if move.beyond]
    within = [move for move in moves if move.change and not move.beyond]
    sentence = (
        f"{plural(len(moves), 'number')} of {plural(len({move.trial for move in moves}), 'trial')}"
        f"{of}: {len(beyond)} moved beyond tolerance ({errors:g} standard errors of the "
        f"difference), {len(within)} moved within it, "
        f"{len(moves) - len(beyond) - len(within)} are equal."
    )
    return Section(title, sentence, MOVES, moves, beyond, within)

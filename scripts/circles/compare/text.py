"""A comparison told as text, as Markdown, as JSON."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from circles.compare.comparison import Comparison, Number, count_words
from circles.compare.pictures import Pictures
from circles.compare.texts import Pages
from circles.experiment.messages import plain
from circles.report.escape import escape

LONGEST_NAME = 300


@dataclass(frozen=True)
class Section:
    """One part of a comparison: a sentence, and the rows of what is worth a row."""

    title: str
    sentence: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def verdict(comparison: Comparison) -> str:
    """Return the whole in one sentence."""
    if comparison.reasons:
        return f"Moved beyond tolerance: {', '.join(comparison.reasons)}."
    if comparison.pictures.changed or comparison.entries or comparison.only_new:
        return "Nothing moved beyond tolerance; something else changed."
    changed = any(number.move.change for number in comparison.numbers)
    changed |= any(boundary.share for boundary in comparison.boundaries)
    return "Nothing moved beyond tolerance." if changed else "Nothing moved."


def sections(comparison: Comparison) -> tuple[Section, ...]:
    """Return what there is to tell: the experiment's entries, numbers, and pictures last."""
    if comparison.pages is not None:
        return (_pages(comparison.pages), _pictures(comparison.pictures))
    return (
        _tried(comparison),
        _numbers(comparison),
        _boundaries(comparison),
        _pictures(comparison.pictures),
    )


def as_text(comparison: Comparison) -> str:
    """Return the comparison for a terminal; nothing in it controls the terminal."""
    lines = [f"A: {_name(comparison.old.named)}, {comparison.old.words}"]
    lines += [f"B: {_name(comparison.new.named)}, {comparison.new.words}", ""]
    for section in sections(comparison):
        lines += [section.title.upper(), section.sentence, *_aligned(section), ""]
    return "\n".join([*lines, verdict(comparison)]) + "\n"


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison for a pull request: pipe tables, and all names escaped."""
    sides = {"A": comparison.old, "B": comparison.new}
    lines = [f"## {verdict(comparison)}", ""]
    lines += [
        f"- {name}: {escape(_name(side.named))}, {side.words}" for name, side in sides.items()
    ]
    for section in sections(comparison):
        lines += ["", f"### {section.title}", "", escape(section.sentence)]
        if section.rows:
            rule = ["---"] * len(section.head)
            table = [section.head, rule, *([escape(cell) for cell in row] for row in section.rows)]
            lines += ["", *(f"| {' | '.join(row)} |" for row in table)]
    return "\n".join(lines) + "\n"


def as_json(comparison: Comparison) -> str:
    """Return the comparison for a machine: every number, in full precision.

    Infinite values are the texts "inf" and "-inf".
    """
    limits = comparison.limits
    described: dict[str, Any] = {
        "format": 1,
        "verdict": verdict(comparison),
        "beyond": list(comparison.reasons),
        "old": {"path": comparison.old.named, "kind": comparison.old.kind},
        "new": {"path": comparison.new.named, "kind": comparison.new.kind},
        "limits": {
            "standard_errors": limits.errors,
            "area": limits.area,
            "pictures": limits.pictures,
        },
    }
    described |= _pages_json(comparison.pages) if comparison.pages else _build_json(comparison)
    described["pictures"] = {
        "same": comparison.pictures.same,
        "changed": [
            {"name": one.name, "share": one.share, "words": one.words}
            for one in comparison.pictures.changed
        ],
    }
    return json.dumps(described, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _build_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "entries": [vars(entry) for entry in comparison.entries],
        "trials": {
            "common": len(comparison.common),
            "only_old": list(comparison.only_old),
            "only_new": list(comparison.only_new),
        },
        "numbers": [_number_json(number) for number in comparison.numbers],
        "boundaries": [
            {
                "trial": one.trial,
                "share": one.share,
                "tolerance": one.tolerance,
                "beyond": one.beyond,
                "problem": one.problem,
            }
            for one in comparison.boundaries
        ],
    }


def _pages_json(pages: Pages) -> dict[str, Any]:
    changed = [
        {"name": one.name, "only": one.only, "lines": list(one.lines)} for one in pages.changed
    ]
    return {"pages": {"same": pages.same, "changed": changed}}


def _number_json(number: Number) -> dict[str, Any]:
    move = number.move
    values = {
        "old": move.old.value,
        "new": move.new.value,
        "standard_errors": move.standard_errors,
        "tolerance": move.tolerance,
    }
    finite = {key: value if math.isfinite(value) else str(value) for key, value in values.items()}
    return {"trial": number.trial, "metric": move.metric, **finite, "beyond": move.beyond}


def _numbers(comparison: Comparison) -> Section:
    moved, numbers = comparison.moved, comparison.numbers
    within = sum(number.move.change != 0 for number in numbers) - len(moved)
    trials = count_words(len(comparison.common), "trial")
    equal = len(numbers) - len(moved) - within
    limit = f"{comparison.limits.errors:g} standard errors of the difference"
    if not numbers:
        return Section("Numbers", "There is no trial that both have.")
    sentence = (
        f"{count_words(len(numbers), 'number')} of {trials}: {len(moved)} moved beyond tolerance "
        f"({limit}), {within} moved within it, {equal} are equal."
    )
    head = ("trial", "metric", "old", "new", "move", "tolerance")
    return Section("Numbers", sentence, head, tuple(_number_row(number) for number in moved))


def numbers_within(comparison: Comparison) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the numbers that are not equal and not beyond tolerance."""
    moves = (number for number in comparison.numbers if number.move.change)
    return tuple(_number_row(number) for number in moves if not number.move.beyond)


def _number_row(number: Number) -> tuple[str, ...]:
    move = number.move
    if math.isinf(move.standard_errors):
        size = "no spread" if move.chance == 0 else "∞"
    else:
        size = f"{move.standard_errors:+.1f} SE".replace("-", "−")
    values = (_figure(move.old.value), _figure(move.new.value), size, f"±{_figure(move.tolerance)}")
    return (_name(number.trial), move.metric, *values)


def _boundaries(comparison: Comparison) -> Section:
    found = comparison.boundaries
    beyond = len(comparison.moved_boundaries)
    sentence = (
        f"{count_words(len(found), 'reference run')}: {beyond} answer otherwise on more than "
        f"{_percent(comparison.limits.area)} of the area, {sum(one.share == 0 for one in found)} "
        "answer alike everywhere."
    )
    described = sorted(
        (one for one in found if one.share or one.problem), key=lambda one: -(one.share or 0)
    )
    rows = tuple(
        (
            _name(one.trial),
            "not compared" if one.share is None else _percent(one.share),
            plain(one.problem, 120) or ("beyond" if one.beyond else "within tolerance"),
        )
        for one in described
    )
    return Section("Boundaries", sentence, ("trial", "area", "verdict"), rows)


def _tried(comparison: Comparison) -> Section:
    rows = [("changed", plain(entry.words, LONGEST_NAME)) for entry in comparison.entries]
    rows += [("trial only in A", _name(name)) for name in comparison.only_old]
    rows += [("trial only in B", _name(name)) for name in comparison.only_new]
    gone, new = len(comparison.only_old), len(comparison.only_new)
    sentence = (
        f"{count_words(len(comparison.entries), 'entry')} changed, "
        f"{count_words(gone, 'trial')} only in A, {count_words(new, 'trial')} only in B."
    )
    return Section("Experiment", sentence, ("what", "which"), tuple(rows))


def _pictures(pictures: Pictures) -> Section:
    rows = tuple((_name(one.name), plain(one.words, 120)) for one in pictures.changed)
    sentence = f"{pictures.same} the same byte for byte, {len(rows)} different."
    return Section("Pictures", sentence, ("picture", "difference"), rows)


def _pages(pages: Pages) -> Section:
    rows = tuple((_name(one.name), one.words) for one in pages.changed)
    sentence = f"{pages.same} with the same text, {len(rows)} different."
    return Section("Pages", sentence, ("page", "difference"), rows)


def _aligned(section: Section) -> Iterator[str]:
    """Yield the rows of a section as lines in columns; numbers stand at the right."""
    if not section.rows:
        return
    table = [section.head, *section.rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    right: Sequence[bool] = [name in {"old", "new", "move", "tolerance"} for name in section.head]
    for row in table:
        cells = [
            _side(is_right)(cell, width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def _side(right: bool) -> Callable[[str, int], str]:
    return str.rjust if right else str.ljust


def _figure(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.4f}" if abs(value) < 1e4 else f"{value:.4g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _name(text: str) -> str:
    return plain(text, LONGEST_NAME)

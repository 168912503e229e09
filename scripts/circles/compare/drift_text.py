"""Drift as text and as JSON: the verdict first, then what moved, then what is near its edge."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from circles.compare.drift import EDGE_ERRORS, EDGE_SHARE, Drift, DriftedNumber, Edge
from circles.experiment.messages import plain

LONGEST_NAME = 120
_RIGHT = {"baseline", "now", "move", "tolerance", "margin", "in SE"}


def verdict(drift: Drift) -> str:
    """Return the whole in one sentence, with what to do about it."""
    counts = {
        "moved number": len(drift.moved),
        "failing claim": len(drift.failing),
        "changed trial": len(drift.changed),
        "vanished claim": len(drift.gone),
    }
    reasons = [_count(count, noun) for noun, count in counts.items() if count]
    if not reasons:
        return "Retraining tells the same story."
    remedy = " If that is meant, renew the baseline: `make baseline`."
    if drift.changed and not (drift.moved or drift.failing):
        return f"The experiment is not the baseline's: {', '.join(reasons)}. Run `make baseline`."
    return f"Retraining tells another story: {', '.join(reasons)}.{remedy}"


def as_text(drift: Drift) -> str:
    """Return the drift for a terminal; nothing in it controls the terminal."""
    lines = [verdict(drift), _counted(drift)]
    if drift.entries:
        words = [plain(entry.words, 300) for entry in drift.entries]
        lines += ["", "THE EXPERIMENT DIFFERS", *(f"  {one}" for one in words)]
        lines += [f"  trial not the same: {_name(trial)}" for trial in drift.changed]
    if drift.moved:
        lines += ["", "MOVED", *_moved_lines(drift.moved)]
    if drift.changed_numbers:
        lines += ["", *_changed_lines(drift)]
    if drift.failing:
        lines += ["", "FAILING CLAIMS", *(f"  {claim}" for claim in drift.failing)]
    lines += ["", *_edge_lines(drift)]
    for title, keys in (("VANISHED CLAIMS", drift.gone), ("NEW CLAIMS", drift.new)):
        lines += ["", title, *(f"  {_name(key)}" for key in keys)] if keys else []
    return "\n".join(lines) + "\n"


def as_json(drift: Drift) -> str:
    """Return the drift for a machine, every number of it; infinity is the text "inf"."""
    described = {
        "format": 1,
        "verdict": verdict(drift),
        "fails": drift.fails,
        "standard_errors": drift.errors,
        "seeds": drift.seeds,
        "numbers": [_number_json(one) for one in drift.numbers],
        "changed_numbers": [_number_json(one) for one in drift.changed_numbers],
        "entries": [vars(entry) for entry in drift.entries],
        "changed": drift.changed,
        "unchecked": drift.unchecked,
        "claims": {
            "checked": len(drift.claims),
            "failing": [str(claim) for claim in drift.failing],
            "gone": drift.gone,
            "new": drift.new,
        },
        "edges": [
            {key: _finite(value) for key, value in vars(edge).items()} for edge in drift.edges
        ],
    }
    return json.dumps(described, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _counted(drift: Drift) -> str:
    which = f"{' that did not change,' * bool(drift.changed)} under {_count(drift.seeds, 'seed')}"
    described = (
        f"{_sum(drift.numbers, which, drift.errors)} "
        f"{_count(len(drift.claims), 'claim')}: {len(drift.claims) - len(drift.failing)} hold."
    )
    if drift.unchecked:
        described += (
            f" Not checked: {_count(len(drift.unchecked), 'cell')} of sweeps (--sweeps does)."
        )
    return described


def _sum(numbers: Sequence[DriftedNumber], which: str, errors: float) -> str:
    """Return how many numbers of how many trials there are, and how many of them moved."""
    trials = len({number.trial for number in numbers})
    equal = sum(number.move.change == 0 for number in numbers)
    beyond = sum(number.move.beyond for number in numbers)
    return (
        f"{_count(len(numbers), 'number')} of {_count(trials, 'trial')}{which}: {equal} equal, "
        f"{len(numbers) - equal - beyond} moved within {errors:g} standard errors, {beyond} beyond."
    )


def _changed_lines(drift: Drift) -> Iterator[str]:
    """Yield what moved in changed trials: all beyond tolerance, and of each its longest move."""
    numbers = drift.changed_numbers
    longest = _longest(numbers)
    listed = [one for one in numbers if one.move.beyond or one is longest.get(one.trial)]
    yield "IN CHANGED TRIALS (the verdict is without these numbers)"
    more = " Listed are the longest move of each trial, and all beyond." if listed else ""
    yield f"  {_sum(numbers, ' that changed', drift.errors)}{more}"
    yield from _moved_lines(listed) if listed else ()


def _longest(numbers: Sequence[DriftedNumber]) -> dict[str, DriftedNumber]:
    """Return the longest move of every trial that has one, in standard errors."""
    moved = [one for one in numbers if one.move.change]
    return {one.trial: one for one in sorted(moved, key=lambda one: abs(one.move.standard_errors))}


def _moved_lines(moved: Sequence[DriftedNumber]) -> Iterator[str]:
    head = ("trial", "number", "baseline", "now", "move", "tolerance")
    return _aligned(head, [_number_row(one) for one in moved])


def _edge_lines(drift: Drift) -> list[str]:
    rule = (
        f"under {EDGE_ERRORS:g} standard errors (SE) away from failing, or under {EDGE_SHARE:.0%}"
    )
    if not drift.edges:
        return [f"NEAR THEIR EDGE: no claim is {rule}."]
    head = ("claim", "comparison", "baseline", "margin", "in SE")
    ranked = sorted(drift.edges, key=lambda edge: edge.gap / edge.error if edge.error else 0)
    return [f"NEAR THEIR EDGE: {rule}", *_aligned(head, [_edge_row(edge) for edge in ranked])]


def _edge_row(edge: Edge) -> tuple[str, ...]:
    away = f"{edge.gap / edge.error:.1f}" if edge.error else "no luck in it"
    before = "new" if edge.before is None else f"{edge.before:.4g}"
    names = plain(edge.claim, LONGEST_NAME), plain(edge.comparison, LONGEST_NAME)
    return (*names, before, f"{edge.gap:.4g}", away)


def _number_row(number: DriftedNumber) -> tuple[str, ...]:
    move = number.move
    size = f"{move.standard_errors:+.1f} SE"
    if math.isinf(move.standard_errors):
        size = "no spread" if move.chance == 0 else "infinite"
    values = (_figure(move.old.value), _figure(move.new.value), size, f"±{_figure(move.tolerance)}")
    return (_name(number.trial), move.metric, *values)


def _number_json(number: DriftedNumber) -> dict[str, Any]:
    move = number.move
    return {
        "trial": number.trial,
        "metric": move.metric,
        "baseline": _finite(move.old.value),
        "now": _finite(move.new.value),
        "standard_errors": _finite(move.standard_errors),
        "tolerance": _finite(move.tolerance),
        "beyond": move.beyond,
    }


def _finite(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _aligned(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield the rows as lines in columns; numbers stand at the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if name in _RIGHT else cell.ljust(width)
            for cell, width, name in zip(row, widths, head, strict=True)
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def _figure(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 1e4 else f"{value:.4g}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _name(text: str) -> str:
    return plain(text, LONGEST_NAME)

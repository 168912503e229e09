"""Drift as findings: the verdict, what moved, and which claims are near their edge."""

from dataclasses import replace

from circles.common.commands import name_command
from circles.common.text import plural
from circles.compare.drift import EDGE_ERRORS, EDGE_SHARE, Drift
from circles.compare.estimates import Move
from circles.compare.findings import (
    FindingColumn,
    Findings,
    Section,
    describe_entries,
    describe_moves,
)


def describe(drift: Drift) -> Findings:
    """Return the findings of a check against the baseline."""
    sections = [describe_entries(drift.entries), _describe_trials(drift)]
    of = " that did not change" if drift.changed else ""
    sections += [describe_moves(drift.moves, drift.errors, of=of), _describe_changed(drift)]
    sections += [_describe_claims(drift), _describe_edges(drift)]
    compared = {"A": "the baseline", "B": f"results under {plural(drift.seeds, 'seed')}"}
    return Findings(verdict(drift), drift.fails, compared, tuple(sections))


def verdict(drift: Drift) -> str:
    """Return the whole in one sentence, with what to do about it."""
    counts = {
        "moved number": len(drift.moved),
        "failing claim": len(drift.failing),
        "changed trial": len(drift.changed),
        "vanished claim": len(drift.gone),
    }
    reasons = ", ".join(plural(count, noun) for noun, count in counts.items() if count)
    if not reasons:
        return "Retraining agrees with the baseline."
    if drift.changed and not (drift.moved or drift.failing):
        return f"The experiment is not the baseline's: {reasons}. Run {name_command('baseline')}."
    remedy = f"If that is meant, renew the baseline: {name_command('baseline')}."
    return f"Retraining disagrees with the baseline: {reasons}. {remedy}"


def _describe_trials(drift: Drift) -> Section:
    rows = [(name, "trains something else, or under other seeds") for name in drift.changed]
    rows += [(name, "not checked") for name in drift.unchecked]
    sentence = f"{plural(len(drift.changed), 'trial')} changed."
    if drift.unchecked:
        cells = plural(len(drift.unchecked), "cell")
        sentence += f" Not checked: {cells} of sweeps (--sweeps does)."
    columns = (
        FindingColumn("trial", lambda row: row[0]),
        FindingColumn("state", lambda row: row[1]),
    )
    return Section("Trials", sentence, columns, rows, rows[: len(drift.changed)])


def _describe_changed(drift: Drift) -> Section:
    """Return the section of changed trials; listed is what moved, and of each its longest move."""
    moves = drift.changed_moves
    section = describe_moves(moves, drift.errors, "In changed trials", " that changed")
    if not moves:
        return replace(section, sentence="There is none.")
    longest = _longest(moves)
    more = (
        "The verdict is without these numbers. Listed are the longest move of each trial, and all "
        "beyond tolerance."
    )
    return replace(
        section,
        sentence=f"{section.sentence} {more}",
        listed=[move for move in moves if move.beyond or move is longest.get(move.trial)],
    )


def _longest(moves: tuple[Move, ...]) -> dict[str, Move]:
    """Return the longest move of every trial that has one, in standard errors."""
    moved = [move for move in moves if move.change]
    return {one.trial: one for one in sorted(moved, key=lambda one: abs(one.standard_errors))}


def _describe_claims(drift: Drift) -> Section:
    rows = [("fails", str(claim)) for claim in drift.failing]
    rows += [("vanished", key) for key in drift.gone]
    rows += [("new", key) for key in drift.new]
    sentence = (
        f"{plural(len(drift.claims), 'claim')}: {len(drift.claims) - len(drift.failing)} hold, "
        f"{len(drift.gone)} vanished, {len(drift.new)} new."
    )
    columns = (
        FindingColumn("state", lambda row: row[0]),
        FindingColumn("claim", lambda row: row[1]),
    )
    return Section("Claims", sentence, columns, rows)


def _describe_edges(drift: Drift) -> Section:
    rule = f"under {EDGE_ERRORS:g} standard errors away from failing, or under {EDGE_SHARE:.0%}"
    columns = (
        FindingColumn("claim", lambda edge: edge.claim),
        FindingColumn("comparison", lambda edge: edge.comparison),
        FindingColumn(
            "old",
            lambda edge: edge.before,
            lambda gap: "new" if gap is None else f"{gap:.4g}",
            is_number=True,
        ),
        FindingColumn("new", lambda edge: edge.gap, lambda gap: f"{gap:.4g}", is_number=True),
        FindingColumn(
            "distance",
            lambda edge: edge.away,
            lambda away: "no luck in it" if away is None else f"{away:.1f} SE",
            is_number=True,
        ),
    )
    sentence = f"{plural(len(drift.edges), 'claim')} near failing: {rule}."
    ranked = sorted(drift.edges, key=lambda edge: edge.away or 0)
    return Section("Edges", sentence, columns, ranked)

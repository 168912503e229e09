"""Margins: how far what a claim measured may go before the claim fails.

A margin belongs to one comparison of size (``<``, ``<=``, ``>``, ``>=``) of a condition. It is the
distance between the two sides, in their unit. Comparisons that do not decide the claim have none:
those without which it would hold all the same. Nor have equalities and plain truths, which hold or
do not.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, nodes

from circles.report.claim_tag import as_written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from circles.report.claims import Claim

_SIZES = {"lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_TRUTHS = {"true": True, "false": False, "none": None}


@dataclass(frozen=True)
class Slack:
    """One comparison of a claim that holds, and how far it is from failing."""

    comparison: str  # much as the template writes it: ``lines.best.accuracy.value < 1``
    left: float  # what its sides came to
    right: float

    @property
    def gap(self) -> float:
        """The distance between the sides: 0 where the comparison holds with equality."""
        return abs(self.left - self.right) if self.left != self.right else 0.0

    @property
    def share(self) -> float:
        """The gap as a share of the larger side; 0 where both are 0."""
        larger = max(abs(self.left), abs(self.right))
        return self.gap / larger if self.gap else 0.0


def margins_of(claim: Claim) -> tuple[Slack, ...]:
    """Return the margins of a claim in the order of its condition; of one that fails, none."""
    if not claim.holds:
        return ()
    text = f"{{% if {claim.condition} %}}{{% endif %}}"
    condition = next(Environment(autoescape=True).parse(text).find_all(nodes.If)).test
    known = _with_values(condition, claim.measured)
    return tuple(_margins(known, condition))


def _margins(known: nodes.Node, condition: nodes.Node) -> Iterator[Slack]:
    # Both trees have one form: a comparison is found in the one and told by the other.
    pairs = zip(_comparisons(known), _comparisons(condition), strict=True)
    for number, (with_values, written) in enumerate(pairs):
        if _holds_without(known, number):
            continue
        values = [_number(side) for side in _sides(with_values)]
        texts = [_rendered(side) for side in _sides(written)]
        for place, operand in enumerate(written.ops):
            left, right = values[place : place + 2]
            if operand.op in _SIZES and left is not None and right is not None:
                sign = f" {_SIZES[operand.op]} "
                yield Slack(sign.join(texts[place : place + 2]), left, right)


def _sides(comparison: nodes.Compare) -> list[nodes.Node]:
    """Return what is compared: two expressions, or more in a chain such as ``a < b < c``."""
    return [comparison.expr, *(operand.expr for operand in comparison.ops)]


def _comparisons(node: nodes.Node) -> list[nodes.Compare]:
    own = [node] if isinstance(node, nodes.Compare) else []
    return own + list(node.find_all(nodes.Compare))


def _holds_without(known: nodes.Node, number: int) -> bool:
    """Return whether the condition would hold if its comparison ``number`` came out otherwise."""
    # The condition is wrapped, so that it can be the comparison itself.
    root = nodes.Not(copy.deepcopy(known), environment=known.environment)
    chosen = _comparisons(root)[number]
    other = nodes.Const(not _value(chosen), environment=known.environment)
    return not _value(_replaced(root, chosen, other))


def _with_values(node: Any, measured: Mapping[str, str]) -> Any:
    """Return a copy of ``node`` in which all that was measured is its value."""
    text = as_written(node)
    if text is not None and text in measured:
        return nodes.Const(_read(measured[text]), environment=node.environment)
    return _mapped(node, lambda one: _with_values(one, measured))


def _replaced(node: Any, old: nodes.Node, new: nodes.Node) -> Any:
    return new if node is old else _mapped(node, lambda one: _replaced(one, old, new))


def _mapped(node: Any, change: Any) -> Any:
    """Return a copy of ``node`` with ``change`` made to each of its children."""
    made = copy.copy(node)
    for field, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(made, field, change(value))
        elif isinstance(value, list):
            setattr(made, field, [change(one) for one in value])
    return made


def _value(node: nodes.Node) -> Any:
    """Return what an expression comes to; None if it reads what was not measured."""
    try:
        return node.as_const()  # type: ignore[attr-defined]
    except nodes.Impossible:
        return None


def _number(node: nodes.Node) -> float | None:
    value = _value(node)
    return float(value) if isinstance(value, int | float) and value == value else None  # noqa: PLR0124


def _rendered(node: nodes.Node) -> str:
    """Return how a template says an expression, sums and their like included."""
    match node:
        case nodes.BinExpr():
            return f"{_rendered(node.left)} {node.operator} {_rendered(node.right)}"
        case nodes.Filter(node=nodes.BinExpr() as inner, args=[], kwargs=[]):
            return f"({_rendered(inner)}) | {node.name}"
        case nodes.Neg():
            return f"-{_rendered(node.node)}"
    return as_written(node) or "…"


def _read(text: str) -> Any:
    """Return the value of which ``claims.as_measured`` made ``text``, or the text itself."""
    if text in _TRUTHS:
        return _TRUTHS[text]
    try:
        return float(text)
    except ValueError:
        return text

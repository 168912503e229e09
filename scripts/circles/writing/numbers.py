"""How a number reads: rounding in one place, so that one number reads the same everywhere.

Every function returns text with a true minus sign. What is not a finite number is said in words.
"""

import math
from collections.abc import Callable
from decimal import Decimal

NOT_FINITE = "not finite"
_PERCENT = "\N{NO-BREAK SPACE}%"
_MINUS = "\N{MINUS SIGN}"


def as_decimal(value: float, decimals: int) -> str:
    """Return ``value`` with a fixed number of decimals: ``−0.815392``."""
    if not math.isfinite(value):
        return NOT_FINITE
    rounded = round(float(value), decimals) + 0.0  # + 0.0 turns −0 into 0
    return f"{rounded:.{decimals}f}".replace("-", _MINUS)


def as_loss(value: float) -> str:
    """Return a loss as the tutorial prints it, with four decimals: ``0.7405``."""
    return as_decimal(value, 4)


def as_accuracy(value: float) -> str:
    """Return an accuracy as the tutorial prints it, with four decimals: ``0.5050``."""
    return as_decimal(value, 4)


def as_percent(share: float, decimals: int = 1) -> str:
    """Return a share as a percentage: ``50.5 %``.

    Only a whole share reads as 100 % and only an empty one as 0 %: what rounding would make so
    reads as ``over 99.9 %`` or ``under 0.1 %``.
    """
    if not math.isfinite(share):
        return NOT_FINITE
    step, rounded = 10**-decimals, round(100 * share, decimals)
    if share in {0, 1}:
        text = f"{rounded:.0f}"
    elif rounded == 0:
        text = f"under {step}"
    elif rounded == 100:
        text = f"over {100 - step}"
    else:
        text = f"{rounded:.{decimals}f}"
    return text + _PERCENT


def as_count(value: int) -> str:
    """Return a whole number with its thousands apart: ``32\u202f000``."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", _MINUS)


def as_rate(value: float) -> str:
    """Return a learning rate with the digits that it was given: ``0.0001``."""
    return f"{Decimal(str(value)).normalize():f}"


def as_interval(low: float, high: float, read: Callable[[float], str]) -> str:
    """Return two numbers as an interval, each read by ``read``: ``0.4510 to 0.5080``."""
    return f"{read(low)} to {read(high)}"

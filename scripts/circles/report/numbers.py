"""How a number reads: rounding in one place, so that one number reads the same everywhere.

What a function here returns is text with a true minus sign; what is not a finite number is said in
words. The text remembers the number that it was made from, so that a page can say the one and
check the other.
"""

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import NoReturn, Self, SupportsFloat, SupportsIndex

NOT_FINITE = "not finite"
NO_NUMBER = "no finite number"  # the same in a sentence
_PERCENT = "\N{NO-BREAK SPACE}%"
_MINUS = "\N{MINUS SIGN}"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_PLAIN = (-4, 6)  # powers of ten between which a number is written without one
HUGE = 10.0 ** _PLAIN[1]


class Quantity(str):
    """The text of a number, with the number itself, before it was rounded, as ``value``."""

    __slots__ = ("value",)
    value: int | float

    def __new__(cls, text: str, value: SupportsFloat | SupportsIndex) -> Self:
        """Return ``text`` that stands for ``value``: a whole number, or one in double precision."""
        quantity = super().__new__(cls, text)
        quantity.value = value.__index__() if hasattr(value, "__index__") else float(value)
        return quantity

    def __mul__(self, factor: SupportsIndex) -> NoReturn:
        """Refuse what would repeat the text: twice the text of 4 is not 44."""
        raise TypeError(f"text times {factor}: take its value. Received: {self}")

    __rmul__ = __mul__


def as_decimal(value: float, decimals: int) -> Quantity:
    """Return ``value`` with a fixed number of decimals: ``−0.815392``."""
    if not math.isfinite(value):
        return Quantity(NOT_FINITE, value)
    rounded = round(float(value), decimals) + 0.0  # + 0.0 turns −0 into 0
    return Quantity(f"{rounded:.{decimals}f}".replace("-", _MINUS), value)


def as_loss(value: float) -> Quantity:
    """Return a loss as the tutorial prints it, with four decimals: ``0.7405``.

    That of a run that is on its way to infinity has a power of ten.
    """
    if math.isfinite(value) and abs(value) >= HUGE:
        return as_significant(value, 5)
    return as_decimal(value, 4)


def as_accuracy(value: float) -> Quantity:
    """Return an accuracy as the tutorial prints it, with four decimals: ``0.5050``."""
    return as_decimal(value, 4)


def as_significant(value: float, digits: int = 2) -> Quantity:
    """Return ``value`` with as many digits that count, or more: ``0.0031``, ``8.1 × 10⁻¹⁶``.

    For what may be of any size, such as a residual.
    """
    if not math.isfinite(value):
        return Quantity(NOT_FINITE, value)
    if value == 0:
        return Quantity("0", value)
    mantissa, power = f"{float(value):.{digits - 1}e}".split("e")
    if _PLAIN[0] <= int(power) < _PLAIN[1]:
        return as_decimal(value, max(digits - 1 - int(power), 0))
    return Quantity(f"{mantissa} × {as_power(int(power))}".replace("-", _MINUS), value)


def as_power(power: int) -> str:
    """Return a power of ten: ``10⁻¹⁶``."""
    return f"10{str(power).translate(_RAISED)}"


def as_measured(value: float, spread: float, digits: int = 3) -> Quantity:
    """Return ``value`` as exactly as so many digits of ``spread`` are: 12.03 beside 1.35."""
    if value and spread and math.isfinite(value):
        digits += math.floor(math.log10(abs(value))) - math.floor(math.log10(spread))
    return as_significant(value, min(max(digits, 1), 15))


def as_given(value: float) -> Quantity:
    """Return ``value`` with the digits that a file gave it: ``33.7``, ``1 × 10³⁰``."""
    mantissa, _, power = f"{value:.15g}".partition("e")
    text = f"{mantissa} × {as_power(int(power))}" if power else mantissa
    return Quantity(text.replace("-", _MINUS), value)


def as_percent(share: float, decimals: int = 1) -> Quantity:
    """Return a share as a percentage: ``50.5 %``.

    Only a whole share reads as 100 % and only an empty one as 0 %: what rounding would make so
    reads as ``over 99.9 %`` or ``under 0.1 %``.
    """
    if not math.isfinite(share):
        return Quantity(NOT_FINITE, share)
    step, rounded = Decimal(1).scaleb(-decimals), _round_percentage(share, decimals)
    if share in {0, 1}:
        text = f"{rounded:.0f}"
    elif rounded == 0:
        text = f"under {step}"
    elif rounded == 100:
        text = f"over {100 - step}"
    else:
        text = f"{rounded:.{decimals}f}".replace("-", _MINUS)
    return Quantity(text + _PERCENT, share)


def as_points(one: float, other: float = 0.0) -> Quantity:
    """Return how many percentage points two shares are apart, as they are printed: ``33.4``."""
    apart = abs(_round_percentage(one, 1) - _round_percentage(other, 1))
    return Quantity(f"{apart:.1f}", 100 * abs(one - other))


def _round_percentage(share: float, decimals: int) -> Decimal:
    """Return 100 × ``share``, halves away from 0, as a reader rounds the share's digits."""
    exact = 100 * Decimal(repr(float(share)))
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def as_count(value: int) -> Quantity:
    """Return a whole number with its thousands apart: ``32\u202f000``."""
    text = f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", _MINUS)
    return Quantity(text, value)


def as_many(number: int, noun: str) -> str:
    """Return how many there are of something: ``1 run``, ``2 000 runs``."""
    return f"{as_count(number)} {noun}{'' if number == 1 else 's'}"


def as_all(number: int, nouns: str) -> str:
    """Return all of two or more: ``both runs``, ``all 64 runs``."""
    return f"both {nouns}" if number == 2 else f"all {as_count(number)} {nouns}"


def as_part(count: int, total: int) -> str:
    """Return how many of how many: ``3 of 64``."""
    return f"{as_count(count)} of {as_count(total)}"


def as_name(value: int) -> Quantity:
    """Return a whole number that names something, such as a seed, digit after digit: ``12345``."""
    return Quantity(str(value), value)


def as_rate(value: float) -> Quantity:
    """Return a learning rate with the digits that it was given: ``0.0001``."""
    return Quantity(f"{Decimal(str(value)).normalize():f}", value)


def as_interval(low: float, high: float, read: Callable[[float], str]) -> str:
    """Return two numbers as an interval, each read by ``read``: ``0.4510 to 0.5080``."""
    return f"{read(low)} to {read(high)}"


def as_counted(successes: int, trials: int, low: float, high: float) -> str:
    """Return a rate as a table has it, with its interval: ``3 of 64 (1.6 % to 12.9 %)``.

    An interval that ends at 0 is that of what is proved never to happen. A narrow cell is broken
    before the interval, and not within it.
    """
    chance = f"({as_interval(low, high, as_percent)})" if high else "never (proved)"
    whole = chance.replace(" ", "\N{NO-BREAK SPACE}")
    return f"{as_part(successes, trials)}{' ' if high else ', '}{whole}"

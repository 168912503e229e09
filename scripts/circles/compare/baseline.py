"""The baseline: the numbers of an experiment as a small file that people read and review.

It says of every trial the numbers of ``drift.estimate``, and of every claim what it measured and
how far it was from failing. Figures are rounded to what can matter, so that the file reads well and
another machine changes few of its lines.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from circles.common import files
from circles.common.errors import UsageError
from circles.compare.estimates import FLOOR, Estimate
from circles.experiment.messages import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DIGITS, DIGITS_OF_ERROR = 6, 3  # that count
RENEW = "`make baseline` makes it anew."


class BaselineError(UsageError):
    """The file of a baseline cannot be used; the text says where and why."""


def _is_number(value: float) -> float:
    if math.isnan(value):
        raise ValueError("not a number")
    return value


_Value = Annotated[float, AfterValidator(_is_number)]
_Error = Annotated[float, AfterValidator(_is_number), Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(_Part):
    """How many runs of how many."""

    count: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _is_a_part(self) -> Share:
        if self.count > self.of:
            raise ValueError(f"{self.count} of {self.of} runs")
        return self


# A share, or value and standard error, and the floor where it is not the usual one.
Number = Share | tuple[_Value, _Error] | tuple[_Value, _Error, _Error]


class ClaimRecord(_Part):
    """What a claim measured, and its margins by their comparison: each gap with its error.

    ``of_sweeps`` says that the pages do not make it without the sweeps.
    """

    measured: dict[str, str]
    margins: dict[str, tuple[_Error, _Error]] = Field(default_factory=dict)
    of_sweeps: bool = False

    @property
    def is_luck(self) -> bool:
        """Whether it was not made, or did not hold, without some of the seeds."""
        return any(math.isinf(error) for _, error in self.margins.values())


class Baseline(_Part):
    """The numbers of an experiment.

    Parameters
    ----------
    experiment : mapping
        The experiment file, as plain JSON.
    versions : mapping of str to str
        The packages that trained it; nothing is compared with them.
    trials : mapping of str to mapping
        The numbers of every trial by name; of trials with the same runs, those of the first.
    claims : mapping of str to ClaimRecord
        By page and name.
    """

    format: Literal[1] = 1
    experiment: dict[str, Any]
    versions: dict[str, str]
    trials: dict[str, dict[str, Number]]
    claims: dict[str, ClaimRecord]

    def estimates(self, trial: str) -> dict[str, Estimate]:
        """Return the numbers of ``trial`` by name."""
        return {name: _estimate(number) for name, number in self.trials[trial].items()}


def read(path: Path) -> Baseline:
    """Return the baseline in the file ``path``; raises ``BaselineError``."""
    try:
        return Baseline.model_validate_json(files.read(path))
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror}. {RENEW}") from error
    except ValidationError as error:
        # A number that fits none of its forms is told once for each form: one of them will do.
        first = error.errors()[0]
        place = ": ".join(plain(str(part), 100) for part in first["loc"]) or "the file"
        raise BaselineError(
            f"{path}: not a baseline of format 1: {place}: {first['msg']}. "
            f"Received: {plain(repr(first['input']), 60)}. {RENEW}"
        ) from error


def as_text(baseline: Baseline) -> str:
    """Return the file: JSON with one line for every number, claims and tables sorted by name."""
    described = json.loads(baseline.model_dump_json(by_alias=True))
    described["trials"] = {
        trial: {name: _finite(number) for name, number in numbers.items()}
        for trial, numbers in baseline.trials.items()
    }
    described["claims"] = {
        name: {
            "measured": claim.measured,
            "margins": {text: _finite(margin) for text, margin in claim.margins.items()},
        }
        | ({"of_sweeps": True} if claim.of_sweeps else {})
        for name, claim in sorted(baseline.claims.items())
    }
    return _lines(described, 2) + "\n"


def record(estimates: Mapping[str, Estimate]) -> dict[str, Number]:
    """Return the numbers of a trial as the file has them, rounded."""
    return {name: _number(one) for name, one in estimates.items()}


def as_recorded(estimates: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Return the numbers of a trial as if they were read from a file: equal runs, equal numbers."""
    return {name: _estimate(number) for name, number in record(estimates).items()}


def with_errors_of(
    new: Mapping[str, Estimate], old: Mapping[str, Estimate], factor: float
) -> dict[str, Estimate]:
    """Return ``new``, of fewer runs, with errors no smaller than those of ``old`` times ``factor``.

    A few runs say little of their own spread: those of eight often lie close together by chance.
    """
    return {
        name: replace(one, error=max(one.error, factor * old[name].error)) if name in old else one
        for name, one in new.items()
    }


def rounded(value: float, digits: int = DIGITS) -> float:
    """Return ``value`` with so many digits that count."""
    return float(f"{value:.{digits}g}")


def _number(one: Estimate) -> Number:
    if one.runs:
        return Share(count=round(one.value * one.runs), of=one.runs)
    pair = rounded(one.value), rounded(one.error, DIGITS_OF_ERROR)
    return pair if one.floor == FLOOR else (*pair, one.floor)


def _estimate(number: Number) -> Estimate:
    if isinstance(number, Share):
        return Estimate(number.count / number.of, 0.0, number.of)
    return Estimate(*number[:2], floor=number[2] if len(number) == 3 else FLOOR)


def _finite(number: Number | tuple[float, ...]) -> Any:
    """Return a number as JSON can say it: infinity is the text "inf"."""
    if isinstance(number, Share):
        return number.model_dump()
    return [value if math.isfinite(value) else str(value) for value in number]


def _lines(value: Any, levels: int, indent: str = "") -> str:
    """Return ``value`` as JSON: a line for each entry, as deep as ``levels``, and not deeper."""
    inner = indent + " "
    if isinstance(value, dict) and levels >= 0 and value:
        parts = (
            f"{json.dumps(key, ensure_ascii=False)}: {_lines(one, levels - 1, inner)}"
            for key, one in value.items()
        )
        return "{\n" + ",\n".join(inner + part for part in parts) + f"\n{indent}}}"
    if isinstance(value, list) and levels >= 0 and value and isinstance(value[0], dict):
        rows = ",\n".join(inner + _lines(one, -1) for one in value)
        return f"[\n{rows}\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

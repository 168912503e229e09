"""The baseline: the numbers of an experiment as a small file that people read and review.

It says of every trial the numbers of ``estimates.estimate``, and of every claim what it measured
and how far it was from failing. Figures are rounded to what can matter, so that the file reads well
and another machine changes few of its lines.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from circles.common import files
from circles.common.commands import name_command
from circles.common.errors import UsageError
from circles.compare.estimates import Estimate  # noqa: TC001 - pydantic reads it
from circles.experiment.messages import plain, wrong_with

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DIGITS, DIGITS_OF_ERROR = 6, 3  # that count
RENEW = f"{name_command('baseline')} makes it anew."


class BaselineError(UsageError):
    """The file of a baseline cannot be used; the text says where and why."""


def _check_number(value: float) -> float:
    if math.isnan(value):
        raise ValueError("not a number")
    return value


def _check_estimate(one: Estimate) -> Estimate:
    _check_number(one.value + one.error)
    if one.error < 0 or one.runs < 0 or (one.runs and not 0 <= one.value <= 1):
        raise ValueError("not a number with its standard error, nor a share of runs")
    return one


_Distance = Annotated[float, AfterValidator(_check_number), Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class ClaimRecord(_Part):
    """What a claim measured, and its margins by their comparison: each gap with its error.

    ``of_sweeps`` says that the pages do not make it without the sweeps.
    """

    measured: dict[str, str]
    margins: dict[str, tuple[_Distance, _Distance]] = Field(default_factory=dict)
    of_sweeps: bool = False

    @property
    def is_luck(self) -> bool:
        """Whether it was not made, or did not hold, without some of the seeds."""
        return any(math.isinf(error) for _, error in self.margins.values())


class Baseline(_Part):
    """The numbers of an experiment."""

    format: Literal[2]
    experiment: dict[str, Any]  # the experiment file, as plain JSON
    versions: dict[str, str]  # the packages that trained it; nothing is compared with them
    # The numbers of every trial by name.
    trials: dict[str, dict[str, Annotated[Estimate, AfterValidator(_check_estimate)]]]
    claims: dict[str, ClaimRecord]  # by page and name


def read(path: Path) -> Baseline:
    """Return the baseline in the file ``path``; raises ``BaselineError``."""
    try:
        return Baseline.model_validate_json(files.read(path))
    except FileNotFoundError as error:
        begin = f"{name_command('baseline')} makes the first, of the results as they are."
        raise BaselineError(f"{path}: there is no baseline yet. {begin}") from error
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror}. {RENEW}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ": ".join(plain(str(part), 100) for part in first["loc"]) or "the file"
        raise BaselineError(
            f"{path}: not a baseline of format 2: {place}: {wrong_with(first)}. "
            f"Received: {plain(repr(first['input']), 60)}. {RENEW}"
        ) from error


def as_text(baseline: Baseline) -> str:
    """Return the file: JSON with a line for every number, variant and claim."""
    described = json.loads(baseline.model_dump_json(exclude_defaults=True))
    described["claims"] = dict(sorted(described["claims"].items()))
    return _lines(described, 2) + "\n"


def as_recorded(estimates: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Return the numbers of a trial as the file has them, rounded: equal runs, equal numbers."""
    return {
        name: replace(one, value=rounded(one.value), error=rounded(one.error, DIGITS_OF_ERROR))
        for name, one in estimates.items()
    }


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

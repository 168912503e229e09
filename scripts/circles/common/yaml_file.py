"""YAML files as people write them: what one holds, or the reason why it holds none."""

import reprlib
from pathlib import Path
from typing import Any

import yaml

from circles.common import files

FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast, with the same result; it words mistakes in another way."""


class YamlError(ValueError):
    """A file holds no YAML that can be used; the message is the reason."""


def read(path: Path, loader: Any = yaml.SafeLoader) -> Any:
    """Return what a file holds; raises ``YamlError``, and as ``files.read_text``."""
    text = files.read_text(path, path.name)
    try:
        return loader(text).get_single_data()
    except RecursionError:
        raise YamlError("this YAML is nested too deeply") from None
    except (yaml.YAMLError, ValueError) as error:  # a date that is none, or no text
        raise YamlError(f"this is not YAML: {_reason(error)}") from None


def read_table(path: Path, loader: Any = yaml.SafeLoader) -> dict[str, Any]:
    """Return the table that a file holds; raises as ``read``."""
    content = read(path, loader)
    if not isinstance(content, dict):
        raise YamlError(f"must be a table. Received: {reprlib.repr(content)}")
    return content


def _reason(error: Exception) -> str:
    """Return in one line what is wrong, and where."""
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return place + " ".join(str(getattr(error, "problem", None) or error).split())

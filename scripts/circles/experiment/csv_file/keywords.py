"""The keywords with which ``pandas.read_csv`` reads the three columns of a table alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from circles.experiment.csv_file.rows import Rows


def encoding_keywords(encoding: str) -> dict[str, Any]:
    """Return the keyword of an encoding, where it is not what pandas expects."""
    return {} if encoding == "utf-8" else {"encoding": encoding}


def layout_keywords(rows: Rows, chosen: Sequence[int], count: int) -> dict[str, Any]:
    """Return the keywords that part ``count`` rows into cells and name their columns."""
    layout, found = rows.layout, dict[str, Any]()
    places = sorted(chosen)
    names = [layout.names[index] for index in places]
    if layout.separator != ",":
        found["sep"] = r"\s+" if layout.separator == " " else layout.separator
    if rows.have_spaces_first:
        found["skipinitialspace"] = True
    before = layout.above if layout.has_header else rows.before
    if rows.notes:
        found["skiprows"] = [*range(before), *(rows.before + note for note in rows.notes)]
    elif before:
        found["skiprows"] = before
    named = {"usecols": names}
    found |= named if layout.has_header else {"header": None, "usecols": places, "names": names}
    return found | ({"nrows": count} if rows.end_empty else {})


def value_keywords(
    columns: Sequence[str], decimal: str, missing: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the keywords that make numbers of features, and nothing but text of the label."""
    first, second, label = columns
    found: dict[str, Any] = {} if decimal == "." else {"decimal": decimal}
    found["dtype"] = {first: "float", second: "float", label: "str"}
    found["keep_default_na"] = False
    return found | ({"na_values": dict(missing)} if missing else {})

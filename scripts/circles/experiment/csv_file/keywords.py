"""The keywords with which ``pandas.read_csv`` reads the three columns of a table alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from circles.experiment.csv_file.layout import Layout


def layout_keywords(text: bytes, layout: Layout, chosen: Sequence[int]) -> dict[str, Any]:
    """Return the keywords that part the file into cells and name its columns."""
    places = sorted(chosen)
    names = [layout.names[index] for index in places]
    found: dict[str, Any] = {}
    if layout.separator != ",":
        found["sep"] = r"\s+" if layout.separator == " " else layout.separator
    if layout.separator != " " and f"{layout.separator} ".encode() in text:
        found["skipinitialspace"] = True
    if layout.header is None:
        return found | {"skiprows": layout.lines, "header": None, "usecols": places, "names": names}
    return found | ({"skiprows": layout.header} if layout.header else {}) | {"usecols": names}


def value_keywords(
    columns: Sequence[str], decimal: str, missing: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the keywords that make numbers of features, and nothing but text of the label."""
    first, second, label = columns
    found: dict[str, Any] = {} if decimal == "." else {"decimal": decimal}
    found["dtype"] = {first: "float", second: "float", label: "str"}
    found["keep_default_na"] = False
    return found | ({"na_values": dict(missing)} if missing else {})

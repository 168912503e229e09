"""A notebook from a template: its Markdown, and a cell of code for every block of Python."""

import json
import re
from typing import Any

_CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def as_notebook(text: str) -> bytes:
    """Return a text as a notebook of Jupyter's format 4.5; equal texts give equal bytes."""
    parts = enumerate(_CODE.split(text))  # by turns Markdown and code
    cells = [_cell(number, part.strip()) for number, part in parts if part.strip()]
    notebook = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def _cell(number: int, text: str) -> dict[str, Any]:
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if number % 2 else {}
    return {
        "cell_type": "code" if code else "markdown",
        **code,
        "id": f"cell-{number}",
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }

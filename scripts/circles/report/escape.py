"""Text that people typed, made to read as typed on a page."""

import re

# Pandoc's marks, wherever they stand. A hyphen or a full stop is a mark only beside another of its
# kind (a dash, an ellipsis); a colon, where an address would become a link.
_MARKS = re.compile(r"[\\`*_{}\[\]<>$~^@|#&\"'!+:]|-(?=-)|(?<=-)-|\.(?=\.)|(?<=\.)\.")
# What would begin a list: a hyphen, or a number of any kind, at the start of the text.
_ITEM = re.compile(r"^(\(?(?:\d+|[a-z]|[ivxlcdm]+))?([.)-])(?=\s|$)", re.IGNORECASE | re.ASCII)


def escape(text: str) -> str:
    """Return Markdown that shows ``text`` as it is, on one line.

    It holds in running text, in a heading, in a cell of a pipe table and in a quoted attribute. No
    shortcode survives it, and what is escaped for Markdown reaches HTML as text.
    """
    line = _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
    return _ITEM.sub(r"\1\\\2", line)


def as_code(text: str) -> str:
    """Return Markdown that shows ``text`` as code if it is a name, and else as it is.

    Between backticks, other marks could end the code, and renderers replace shortcodes.
    """
    return f"`{text}`" if re.fullmatch(r"[\w.-]+", text) else escape(text)

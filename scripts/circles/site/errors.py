"""What stops a render."""


class RenderError(Exception):
    """The book cannot be rendered; the message says, for a reader, what is wrong and where."""

"""What stops a render."""

from circles.common.errors import CirclesError


class RenderError(CirclesError):
    """The book cannot be rendered; the message says, for a reader, what is wrong and where."""

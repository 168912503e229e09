"""What stops a render."""


class RenderError(Exception):
    """The book cannot be rendered; the message says, for a reader, what is wrong and where."""


def explain(error: OSError, place: object) -> str:
    """Return in one line what the system refused, and where: ``place`` if it does not say."""
    what = error.strerror or str(error)
    return f"{error.filename or place}: {what}"

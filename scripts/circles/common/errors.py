"""What ends a command in one message: the base of every error that a user can cause."""

import errno

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class CirclesError(Exception):
    """Something that the user is told in one message, without a traceback.

    Attributes
    ----------
    status : int
        The exit status of a command that it ends: 1 a stage failed, 2 the experiment file, the
        environment or the command line is wrong.
    """

    status = 1


class UsageError(CirclesError):
    """What was asked for cannot be meant: a file, a variable or an argument has to change."""

    status = 2


class EncodingError(CirclesError):
    """A text is not UTF-8; the message names the file, the line and the byte."""


def explain(error: OSError, place: object) -> str:
    """Return in one line what the system refused, and where: ``place`` if it does not say."""
    what = error.strerror or str(error)
    copy = error.filename2 if error.errno in _NO_ROOM else None  # where there is room is no matter
    return f"{copy or error.filename or place}: {what}"

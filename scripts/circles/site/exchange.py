"""Let two folders change places in one step, where the system can."""

import ctypes
import errno
import os
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD: a path is relative to the working folder
_EXCHANGE = 2  # RENAME_EXCHANGE
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}  # an old kernel, or this file system


def exchange(one: Path, two: Path) -> bool:
    """Let ``one`` and ``two`` change places, and return whether the system can do that.

    There is no moment at which either name is missing. Only Linux can, since 3.15, and on most
    file systems; elsewhere nothing is done.

    Raises
    ------
    OSError
        If the system can but refuses, as it does for a mount.
    """
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:  # an old C library
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(two), ctypes.c_uint(_EXCHANGE)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(two))

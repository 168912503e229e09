"""Be a user like any other: to root nothing is forbidden, and many tests run as root."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def as_any_user(*owned: Path) -> Iterator[None]:
    """Own these folders with all that is in them, and have no other rights, until the block ends.

    Who is not root has no others anyway.
    """
    if os.geteuid() != 0:
        yield
        return
    try:
        for path in (path for folder in owned for path in (folder, *folder.rglob("*"))):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    except OSError as error:
        pytest.skip(f"root cannot become another user here: {error}")
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)

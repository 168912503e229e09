"""Where a build runs: the machine, and the time that stands for the time of day."""

import os
import platform
from datetime import UTC, datetime

from circles.common.errors import UsageError

EPOCH = "SOURCE_DATE_EPOCH"
SITE_URL = "CIRCLES_SITE_URL"
"""Where the site will stand, said by whoever publishes it; it comes before ``_quarto.yml``."""


class EnvironmentMistakeError(UsageError):
    """A variable of the environment has a value that cannot be used; the text says which."""


def machine() -> str:
    """Return system, cores and Python in words."""
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}"


def source_date() -> datetime | None:
    """Return the time that the environment gives to everything that is made, if it gives one.

    A variable that is set to nothing gives none. Raises ``EnvironmentMistakeError`` where it is no
    time.
    """
    given = os.environ.get(EPOCH)
    if not given:
        return None
    latest = datetime.max.replace(tzinfo=UTC).timestamp()
    if given.isdecimal() and given.isascii() and len(given) < 20 and int(given) < latest:
        return datetime.fromtimestamp(int(given), UTC)
    raise EnvironmentMistakeError(
        f"{EPOCH}: must be a whole number of seconds since 1970, before the year 10000. "
        f"Received: {given!r}"
    )

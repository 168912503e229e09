"""Make .venv with the versions in requirements.lock, or mend it: ``python3 scripts/set_up.py``."""

from circles.common import entry

entry.stand_in(__file__)
entry.refuse_other_pythons()

import argparse
import sys
from functools import partial

from circles.common import paths
from circles.common.set_up import SetUpError, SetUpOptions, set_up


def main() -> int:
    """Bring the environment up to date, say what is done, and return the exit status."""
    say = partial(print, file=sys.stderr, flush=True)
    try:
        set_up(paths.ROOT, SetUpOptions(**vars(_parser().parse_args())), say)
    except SetUpError as error:
        say(f"set-up failed: {error}")
    except OSError as error:
        say(f"set-up failed: {error.filename or paths.ROOT}: {error.strerror or error}")
    except KeyboardInterrupt:
        say("stopped; `make setup` goes on")
        return 130
    else:
        return 0
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--this-python",
        action="store_true",
        help="make it anew if it is of another Python than the one that runs this",
    )
    parser.add_argument(
        "--newest",
        action="store_true",
        help="make it anew from the newest versions of everything, whatever requirements.lock says",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""The chain from circles.toml to pages: train, analyse, draw and write whatever is stale.

Quarto runs this before every render. By hand: ``python scripts/build.py``.
"""

import sys

try:
    from circles import build, command
except ModuleNotFoundError as error:
    if error.name is None or error.name.startswith("circles."):
        raise  # a mistake in the library, not a missing package
    sys.exit(
        f"scripts/build.py needs the project's packages, and this Python ({sys.executable}) has no "
        f"{error.name!r}. Run `make setup`, then `. .venv/bin/activate`."
    )


if __name__ == "__main__":
    sys.exit(command.run(build.build, __doc__))

"""The command line, run in this process."""

from circles.cli.app import app


def run_command(*words) -> int:
    """Run ``circles`` with these words, and return its exit status."""
    try:
        app(args=[*map(str, words)], prog_name="circles")
    except SystemExit as end:
        return end.code or 0
    return 0

"""Which command to tell a user: a make target in the library's checkout, elsewhere ``circles``."""

from circles.common import paths


def name_command(target: str) -> str:
    """Return in backquotes the command for what a make target does."""
    if _has_makefile():
        return f"`make {target}`"
    return "`circles build` and `circles render`" if target == "report" else f"`circles {target}`"


def _has_makefile() -> bool:
    """Return whether the project is the checkout, whose Makefile has the targets."""
    return paths.LIBRARY.parents[1] == paths.ROOT and (paths.ROOT / "Makefile").is_file()

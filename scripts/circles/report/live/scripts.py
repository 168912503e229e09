"""The scripts of the live figures as pages load them: joined from their parts, and small."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from circles.common import files, paths

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = paths.TEMPLATES / "assets" / "live"
MINIFIER = "tdewolff-minify"
SHARED = ("random", "options", "circles", "live", "map")  # by all figures: the engine, the page
PARTS = {
    "network": (
        *("datasets", "state", "training", "exports", "table", "network-map", "network-diagram"),
        *("network-controls", "network-results", "network-home"),
    ),
    "seeds": ("outcomes", "trials"),
}  # of a figure beside the script of its name, in the order in which they run


def has_minifier() -> bool:
    """Return whether the minifier is installed: it is not made for every machine."""
    return find_spec("minify") is not None


def list_parts(figures: Iterable[str]) -> dict[str, list[Path]]:
    """Return what each script is joined from, by its name below report/."""
    own = {f"figure-{name}": (*PARTS.get(name, ()), name) for name in sorted(set(figures))}
    found = {
        f"live/{name}.js": [FOLDER / f"{part}.js" for part in parts]
        for name, parts in ({"figures": SHARED} | own).items()
    }
    return {name: parts for name, parts in found.items() if all(map(Path.is_file, parts))}


def files_of_scripts(figures: Iterable[str]) -> dict[str, bytes]:
    """Return the scripts that these figures need, by their names below report/."""
    return {name: _join(parts) for name, parts in list_parts(figures).items()}


def _join(parts: list[Path]) -> bytes:
    text = "\n".join(files.read(part).decode() for part in parts)
    note = f"// Made from {', '.join(part.name for part in parts)} in templates/assets/live/.\n"
    return (note + _minify(text) + "\n").encode()


def _minify(text: str) -> str:
    """Return a script without comments, layout and long names; without a minifier as it is."""
    if not has_minifier():
        return text
    import minify

    return str(minify.string("application/javascript", text))

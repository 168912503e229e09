"""Renew the files of others that the pages bring along: ``make vendor``.

Versions and files stand in ``vendored.toml`` beside the renderer; npm, which checks what it
fetches, gets the packages. Licences go into the site too.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent / "circles" / "site" / "pandoc"
LIST = HERE / "vendored.toml"
ASSETS = HERE / "assets"


def main() -> None:
    """Fetch every package, copy its files, and say where a checksum differs from the list's."""
    licences, other = [], []
    for name, one in tomllib.loads(LIST.read_text(encoding="utf-8")).items():
        package = f"{name}@{one['version']}"
        with tempfile.TemporaryDirectory() as folder:
            root = _unpack(package, Path(folder))
            for target, (source, digest) in one["files"].items():
                shutil.copyfile(root / source, ASSETS / target)
                found = hashlib.sha256((ASSETS / target).read_bytes()).hexdigest()
                other += [f"{target}: {found}"] if found != digest else []
            text = (root / one["licence"]).read_text(encoding="utf-8").strip()
            licences.append(f"{package}\n\n{text}\n")
    (ASSETS / "licences.txt").write_text("\n\n".join(licences), encoding="utf-8")
    if other:
        sys.exit("\n".join([f"{LIST}: other checksums than it says. Now:", *other]))


def _unpack(package: str, folder: Path) -> Path:
    subprocess.run(
        ["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


if __name__ == "__main__":
    main()

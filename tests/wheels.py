"""Wheels, written by hand: what pip needs to find in a folder, without a network."""

import base64
import hashlib
import zipfile
from pathlib import Path


def write_wheel(folder: Path, name: str, texts: dict[str, str]) -> Path:
    """Write a wheel of version 1.0 that holds files of text, and return its path."""
    info = f"{name}-1.0.dist-info"
    texts = texts | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name}-program = {name}:main\n",
    }
    listed = [f"{one},sha256={_digest(text)},{len(text)}" for one, text in texts.items()]
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for one, text in texts.items():
            archive.writestr(one, text)
        archive.writestr(f"{info}/RECORD", "\n".join([*listed, f"{info}/RECORD,,", ""]))
    return path


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def build_editable(folder: str, _settings: object = None, _metadata: object = None) -> str:
    """Build the project as pip's build backend: a wheel that names the folder of its code."""
    scripts = Path(__file__).resolve().parent / "scripts"
    named = {"_editable_impl_circles_report.pth": str(scripts)}
    return write_wheel(Path(folder), "circles_report", named).name

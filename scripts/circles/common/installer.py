"""Put packages into an environment by uv or pip, and say what goes on and what went wrong.

Where packages come from is the user's choice (an index, a proxy, a certificate); where they go and
which they are is ours. So of the settings of uv and pip only those of the first kind are handed on.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from circles.common.installer_run import Running, SetUpError, run

Environment = Mapping[str, str]

# Where the locale has no letters but ASCII, Python could not read its environment's own files.
SPOKEN = {"LC_ALL": "C.UTF-8"}

OF_PIP = re.compile(
    r"cache-dir|cert|client-cert|config-file|default-timeout|extra-index-url|find-links|"
    r"index-url|keyring-provider|no-cache-dir|no-index|proxy|retries|timeout|trusted-host"
)
OF_UV = re.compile(
    r"UV_((DEFAULT_|EXTRA_)?INDEX\w*|CACHE_DIR|CONCURRENT_\w+|CONFIG_FILE|FIND_LINKS|HTTP_\w+|"
    r"INSECURE_HOST|KEYRING_PROVIDER|LINK_MODE|NATIVE_TLS|NO_CACHE|OFFLINE|SYSTEM_CERTS)"
)
TESTS = "/site-packages/.*/tests/"  # of packages, which nobody runs: a fifth of their code
SECTIONS = ("global", "install", ":env:")  # of pip's settings; what stands in a later one wins
_SETTING = re.compile(r"(global|install|:env:)\.([\w-]+)=(['\"].*)")


@dataclass(frozen=True)
class Installer:
    """uv or pip, which puts packages into an environment."""

    name: str
    creating: Sequence[str]  # the command that makes an environment without packages
    # The commands that put in the packages, and then the project itself.
    filling: Sequence[Sequence[str]]
    # Returns the environment of these; pip has to be asked for its settings.
    environment: Callable[[], Environment]

    def create(self, running: Running) -> None:
        """Make the environment, without packages."""
        run(self.creating, _clean(), running)

    def fill(self, running: Running) -> None:
        """Put all packages in, the project itself too."""
        environment = self.environment()
        for command in self.filling:
            run(command, environment, running)


def choose_installer(root: Path, *, newest: bool) -> Installer:
    """Return uv if it is on the PATH, else pip; for the ``newest`` versions always pip."""
    uv = shutil.which("uv")
    return _uv(uv, root) if uv and not newest else _pip(root, newest=newest)


def _uv(uv: str, root: Path) -> Installer:
    venv = root / ".venv"
    install = [uv, "pip", "install", "--python", str(venv / "bin" / "python"), "--compile-bytecode"]
    own = [*install, "--no-config", "--no-deps", "--no-build-isolation", "--editable", str(root)]
    return Installer(
        "uv",
        [uv, "venv", "--allow-existing", "--python", _base(), str(venv)],
        [_locked(install, root), own],
        _uv_environment,
    )


def _pip(root: Path, *, newest: bool) -> Installer:
    python = str(root / ".venv" / "bin" / "python")
    # pip would compile on one core, and not at all where PYTHONDONTWRITEBYTECODE is set: then each
    # start would compile TensorFlow again.
    install = [python, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
    own = [*install, "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(root)]
    latest = [*install, "--upgrade", "--editable", f"{root}[dev]"]
    compiled = [str(root / ".venv" / "lib"), "-x", TESTS]
    compiling = [python, "-I", "-m", "compileall", "-qq", "-j", "0", *compiled]
    return Installer(
        "pip",
        [_base(), "-I", "-m", "venv", str(root / ".venv")],
        [*([latest] if newest else [_locked(install, root), own]), compiling],
        lambda: _pip_environment(python),
    )


def _locked(install: Sequence[str], root: Path) -> list[str]:
    return [*install, "--require-hashes", "--requirement", str(root / "requirements.lock")]


def _base() -> str:
    """Return this Python itself, not an environment of it."""
    return getattr(sys, "_base_executable", sys.executable)


def _clean() -> dict[str, str]:
    """Return our environment without what it says to Python, pip and uv, and in UTF-8."""
    ours = ("PYTHON", "PIP_", "UV_", "VIRTUAL_ENV", "__PYVENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | SPOKEN


def _uv_environment() -> Environment:
    return _clean() | {n: value for n, value in os.environ.items() if OF_UV.fullmatch(n)}


def _pip_environment(python: str) -> Environment:
    """Return the environment for pip: of its settings, wherever they are, those that we hand on."""
    asking = _clean() | {n: v for n, v in os.environ.items() if OF_PIP.fullmatch(_as_key(n))}
    command = [python, "-I", "-m", "pip", "config", "list", "-vvv"]  # a quiet pip would list none
    done = subprocess.run(command, env=asking, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = " ".join(done.stderr.rpartition("ERROR: ")[2].split())
        raise SetUpError(f"pip cannot read its settings: {said}")
    return _clean() | _settings(done.stdout.splitlines()) | {"PIP_CONFIG_FILE": os.devnull}


def _as_key(variable: str) -> str:
    """Return the key of a setting of pip that a variable of the environment gives."""
    return variable.removeprefix("PIP_").lower().replace("_", "-") if "PIP_" in variable else ""


def _settings(lines: Iterable[str]) -> dict[str, str]:
    """Return as variables those of pip's settings that we hand on."""
    found = [match.groups() for match in map(_SETTING.fullmatch, lines) if match]
    found.sort(key=lambda setting: SECTIONS.index(setting[0]))
    return {
        "PIP_" + key.upper().replace("-", "_"): ast.literal_eval(value)
        for _, key, value in found
        if OF_PIP.fullmatch(key)
    }

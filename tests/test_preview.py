"""The preview: the site on this machine, at a port that is free."""

import os
import re
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection

import pytest

from circles.common import paths

SCRIPT = paths.ROOT / "scripts" / "preview.py"


@pytest.fixture
def site(tmp_path):
    """Return a folder with a page."""
    (tmp_path / "index.html").write_text("a page")
    return tmp_path


def test_the_site_is_served_where_a_port_is_free(site):
    """The line says where, also if the usual port is taken; Ctrl-C ends it without a traceback."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass  # by somebody else
        command = [sys.executable, str(SCRIPT), "--site", str(site)]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as process:
            line = process.stdout.readline()
            found = re.fullmatch(r".*http://localhost:(\d+) \(port 8000 is taken\); .*\n", line)
            connection = HTTPConnection("127.0.0.1", int(found[1]))
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"a page"
            connection.close()
            process.send_signal(signal.SIGINT)
            out, said = process.communicate()
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in said


def test_without_a_site_one_line_says_what_to_do(tmp_path):
    """There is nothing to serve."""
    command = [sys.executable, str(SCRIPT), "--site", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'none'}: there is no site. Build it first: `make report`\n"

"""Serve the finished site on this machine until Ctrl-C: ``python scripts/preview.py``."""

from circles import entry

entry.prepare()

import argparse
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from circles import paths

PORT = 8000


def main() -> int:
    """Serve, say where, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=paths.SITE, help="the folder: _site/")
    site = parser.parse_args().site
    if not site.is_dir():
        print(f"{site}: there is no site. Build it first: make report", file=sys.stderr)
        return 1
    with _listen(partial(SimpleHTTPRequestHandler, directory=str(site))) as server:
        port = server.server_address[1]
        other = f" (port {PORT} is taken)" if port != PORT else ""
        print(
            f"{site.name}/ is served at http://localhost:{port}{other}; Ctrl-C ends it", flush=True
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0


def _listen(handler: partial[SimpleHTTPRequestHandler]) -> ThreadingHTTPServer:
    """Listen at the usual port, or at a free one where that is taken."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", PORT), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


if __name__ == "__main__":
    sys.exit(main())

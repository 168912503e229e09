"""Complete the site that Quarto rendered: ``_quarto.yml`` calls this after each render."""

from circles import entry

entry.prepare()

import os
import sys

from circles import paths
from circles.environment import EnvironmentMistakeError
from circles.site import after_quarto, book, quarto, quarto_scripts
from circles.site.errors import RenderError, explain


def main() -> int:
    """Complete the site in the folder that Quarto names, and return the exit status."""
    site = paths.ROOT
    try:
        what = book.load(paths.ROOT)
        site = paths.ROOT / (os.environ.get("QUARTO_PROJECT_OUTPUT_DIR") or what.output)
        pages = after_quarto.finish(what, site)
        quarto_scripts.end(what, site, quarto.choose())
    except (RenderError, EnvironmentMistakeError, OSError) as error:
        said = explain(error, site) if isinstance(error, OSError) else error
        print(said, file=sys.stderr)
        return 1
    print(f"completed {pages} pages in {site}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

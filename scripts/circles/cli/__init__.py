"""The command line: ``circles COMMAND``.

Make targets, scripts, Quarto and workflows call these commands. Exit status: 0 done; 1 a stage
failed, or what was compared or checked is not as it should be; 2 the experiment file, the
environment or the command line is wrong; 130 Ctrl-C, 143 SIGTERM; 141 nobody reads
what is printed.
"""

import sys
from typing import NoReturn

try:
    from circles.common import entry
except ImportError as error:  # what tells of all others
    sys.exit(f"{error}. Put back that file of the library, as by `git checkout scripts`")


def main(*command: str, script: str = "") -> NoReturn:
    """Run ``command`` with the arguments of this process, and exit.

    Parameters
    ----------
    command : str
        Words that stand before the arguments: a script names its command.
    script : str
        The file of the script: the project is the folder above the script's. By default it is the
        nearest folder, from here upwards, with a circles.toml.
    """
    if script:
        entry.stand_in(script)
    entry.prepare()
    from circles.cli.output import watched

    with watched():
        from circles.cli.app import app

        app(args=[*command, *sys.argv[1:]], prog_name="circles")
    sys.exit(0)

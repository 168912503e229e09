"""The commands, in the order in which ``circles --help`` lists them."""

import functools
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from circles.cli import build, compare, project, publish, site
from circles.cli.verbosity import logged

app = typer.Typer(
    name="circles",
    help="Train every variant of an experiment, work out what the results mean, and write the "
    "report: an HTML book and a PDF.",
    epilog="The project is the nearest folder, from here upwards, that has a circles.toml.",
    no_args_is_help=True,
    rich_markup_mode=None,  # an error is one plain line, in a log as in a terminal
    pretty_exceptions_enable=False,
)

COMMANDS: tuple[Callable[..., None], ...] = (
    project.new,
    build.build,
    build.train,
    build.figures,
    build.pages,
    build.why,
    build.claims,
    build.fingerprint,
    site.render,
    site.check,
    site.preview,
    site.clean,
    publish.publish,
    compare.diff,
    compare.drift,
    compare.baseline,
)
FREE = (project.new, site.check, compare.diff)
"""Commands that need no project, or may be told of one elsewhere."""


def _in_project(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that is refused where there is no project; its help is not."""

    @functools.wraps(command)
    def run(**options: object) -> None:
        project.demand()
        command(**options)

    return run


class _Command(TyperCommand):
    """A command whose usage has what is required without braces."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the usage, after the command's name."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]


for _command in COMMANDS:
    app.command(cls=_Command)(logged(_command if _command in FREE else _in_project(_command)))
app.command(hidden=True)(logged(site.complete))


def _print_version(asked: bool) -> None:
    if asked:
        print(version("circles-report"))
        raise typer.Exit


@app.callback()
def options(
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Take what stands before the command."""

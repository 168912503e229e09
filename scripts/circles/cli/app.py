"""The commands, in the order in which ``circles --help`` lists them."""

import functools
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from circles.cli import build, compare, project, publish, site
from circles.cli.verbosity import logged

_UsageError: Any = typer.BadParameter.__base__  # typer exports no other name of it


class _Commands(TyperGroup):
    """The commands; what is wrong with a command line is said in two lines, without its usage."""

    def main(self, *words: Any, **options: Any) -> NoReturn:
        """Run the command that is asked for, and exit."""
        try:
            sys.exit(super().main(*words, **(options | {"standalone_mode": False})))
        except _UsageError as error:
            _forget_environment(error)
            print(error.format_message(), file=sys.stderr)
            if words or options.get("args"):  # else that was the help
                command = error.ctx.command_path if error.ctx else self.name
                print(f"See {command} --help", file=sys.stderr)
            sys.exit(2)


def _forget_environment(error: Any) -> None:
    """Name no environment variable where its option was typed."""
    option = getattr(error, "param", None)
    source = option and error.ctx and error.ctx.get_parameter_source(option.name)
    if option and source and source.name == "COMMANDLINE":
        option.envvar = None


app = typer.Typer(
    name="circles",
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
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
    """A command whose usage has what is required without braces, and its help no Python types."""

    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        for parameter in self.params:
            argument: Any = parameter
            if argument.param_type_name == "argument":
                argument.display_type_rich = lambda ctx: ""  # noqa: ARG005 - typer calls it so

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

"""A progress bar for training: variant, epochs, time left. Silent where there is no terminal."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class TrainingProgress:
    """One bar over the epochs of all variants that are to be trained.

    Parameters
    ----------
    epochs : int
        Epochs of all variants together.
    """

    def __init__(self, epochs: int, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        self._progress = Progress(
            TextColumn("training {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("epochs,"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("", total=epochs)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def start(self, name: str) -> None:
        """Say which variant is trained now."""
        self._progress.update(self._task, description=name)

    def advance(self, epochs: float) -> None:
        """Say that ``epochs`` more epochs are done."""
        self._progress.advance(self._task, epochs)

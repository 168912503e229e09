"""The progress bar: for a person at a terminal, and for nobody else."""

import io

from rich.console import Console

from circles.training.progress import TrainingProgress


def _shown(terminal):
    """Return what is printed while half of one variant's 200 epochs are trained."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=120)
    with TrainingProgress(200, console) as progress:
        progress.start("linear-10")
        progress.advance(62.5)
        progress.advance(37.5)
        progress._progress.refresh()
    return stream.getvalue()


def test_a_terminal_sees_variant_epochs_and_time_left():
    """The bar names the variant, counts epochs and estimates the time left."""
    shown = _shown(True)
    assert "training linear-10" in shown
    assert "100/200" in shown
    assert "left" in shown


def test_without_a_terminal_nothing_is_shown():
    """In a log file a bar would be noise."""
    assert _shown(False) == ""

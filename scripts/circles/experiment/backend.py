"""The backend: TensorFlow and Keras as training uses them, imported where something trains."""

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_UNROLLING = "--xla_backend_extra_options=xla_cpu_disable_loop_unrolling=true"


@cache
def load_backend() -> tuple[Any, Any]:
    """Import TensorFlow and Keras without their start-up chatter; return both modules."""
    os.environ["KERAS_BACKEND"] = "tensorflow"  # on a cluster's worker nothing else has said so
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _silent_stderr():
        import keras
        import tensorflow as tf

        # To share out a step's few numbers among threads takes longer than to compute them: the
        # cores are for chunks of runs side by side.
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.list_logical_devices()  # looks for devices now, while nobody hears it
        _set_up_compiler(tf)
    # Training compiles one function per variant on purpose; TensorFlow would warn of that.
    tf.get_logger().setLevel("ERROR")
    return tf, keras


def _set_up_compiler(tf: Any) -> None:
    """Have XLA compile without unrolling loops, and leave the environment as it is.

    It makes vector instructions of a loop over runs, but not of what it has unrolled before: that
    took up to twice as long, and so did compiling. It reads the environment once, when it is first
    used; where it was used before we came, training only takes longer.
    """
    given = os.environ.get("XLA_FLAGS")
    os.environ["XLA_FLAGS"] = f"{given or ''} {NO_UNROLLING}".lstrip()
    try:
        tf.function(lambda: tf.constant(0), jit_compile=True)()
    finally:
        del os.environ["XLA_FLAGS"]
        if given is not None:
            os.environ["XLA_FLAGS"] = given


@contextmanager
def _silent_stderr() -> "Iterator[None]":
    """Send the process's standard error nowhere.

    TensorFlow's C++ side reports missing graphics cards before its own log level takes effect.
    """
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

"""What the trainer is measured against: the same training, written with other tools.

Every peer is a function of a variant with one hidden layer of ReLU units and a sigmoid output, of a
data set, and of how many seeds to train. It imports and builds what it needs, and returns a
``Training``: a function that trains the seeds with each call and returns their losses (seeds,),
over the last epoch or after it. The first call also compiles, and raises ``MissingPeerError`` where
a tool is missing.
"""

from collections.abc import Callable

from circles.training.runs import Floats

Training = Callable[[], Floats]


class MissingPeerError(Exception):
    """A peer cannot be measured on this machine; its text is the sentence that says why."""

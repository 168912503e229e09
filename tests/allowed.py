"""What messages say is allowed: lists that grow with the models stand in tests by a mark."""

from collections.abc import Container
from typing import get_args

from circles.experiment.datasets import Circles, Csv, Data, Drawn, Moons, Rings
from circles.experiment.early_stopping import EarlyStopping
from circles.experiment.features import FEATURES
from circles.experiment.initializers import INITIALIZERS
from circles.experiment.losses import LOSSES
from circles.experiment.optimizers import OPTIMIZERS, Sgd
from circles.experiment.parts import Activation, AnyActivation, Layer, Variant
from circles.experiment.schedules import SCHEDULES, Cosine
from circles.experiment.spec import Experiment
from circles.experiment.sweep_keys import KEYS
from circles.experiment.sweeps import Sweep

ALIASES = {"variants": "variant", "sweeps": "sweep", "examples": "example"}  # as the file has them


def _kinds() -> list[str]:
    classes: tuple[type[Data], ...] = (*Drawn.__subclasses__(), Csv)
    return sorted(get_args(one.model_fields["kind"].annotation)[0] for one in classes)


NAMES = {
    "<features>": FEATURES,
    "<activations>": get_args(Activation),
    "<activations of a last layer>": get_args(AnyActivation),
    "<initialisers>": INITIALIZERS,
    "<losses>": LOSSES,
    "<losses of single columns>": [name for name, one in LOSSES.items() if one.columnwise],
    "<optimizers>": OPTIMIZERS,
    "<optimizers in order>": sorted(OPTIMIZERS),
    "<schedules in order>": sorted(SCHEDULES),
    "<keys of early stopping>": EarlyStopping.model_fields,
    "<keys of sgd>": Sgd.model_fields,
    "<keys of cosine>": Cosine.model_fields,
    "<kinds>": _kinds(),
    "<keys of the top level>": [ALIASES.get(name, name) for name in Experiment.model_fields],
    "<keys of a variant>": Variant.model_fields,
    "<keys of a layer>": Layer.model_fields,
    "<keys of a sweep>": Sweep.model_fields,
    "<keys that vary>": KEYS,
    "<keys of circles>": Circles.model_fields,
    "<keys of moons>": Moons.model_fields,
    "<keys of rings>": Rings.model_fields,
}


def spelled(message: str, without: Container[str] = (), **others: str) -> str:
    """Return a message with the names of today in the place of its marks; ``others`` come first."""
    for mark, words in others.items():
        message = message.replace(f"<{mark}>", words)
    for mark, names in NAMES.items():
        message = message.replace(mark, ", ".join(name for name in names if name not in without))
    return message

"""The parts of an experiment: networks with the way they are trained, and what tables share.

The models hold every rule, and a ``description`` here is what a message adds to "Allowed".
"""

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from circles.experiment.activations import ACTIVATIONS
from circles.experiment.early_stopping import EarlyStopping
from circles.experiment.features import FEATURES, PLANE, FeatureScale
from circles.experiment.initializers import INITIALIZERS, GlorotUniform, Initializer
from circles.experiment.limits import MOST_SEEDS
from circles.experiment.lines import find_invisible_character
from circles.experiment.losses import LOSSES, BinaryCrossentropy, Loss
from circles.experiment.messages import error_at, shown
from circles.experiment.optimizers import OPTIMIZERS, Adam, Optimizer
from circles.experiment.options import Option, either, one_of, tables_of
from circles.experiment.schedules import SCHEDULES, Constant, LearningRate, Schedule
from circles.experiment.toml_table import TomlTable

Item = TypeVar("Item")

SOFTMAX_LOSS: Final = "sparse_categorical_crossentropy"

# The weights, and Adam's two moments of each, of 64 seeds side by side: 768 MB in single precision.
MOST_PARAMETERS = 1_000_000

# Addresses that mean something else: a folder's own page, and the devices of Windows.
RESERVED_NAMES = frozenset({"index", "con", "prn", "aux", "nul"}) | {
    f"{device}{digit}" for device in ("com", "lpt") for digit in range(10)
}


def _slug(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise PydanticCustomError("slug", "not a slug")
    if name in RESERVED_NAMES:
        raise PydanticCustomError("reserved", "a reserved file name")
    return name


def visible(text: str) -> str:
    """Return ``text``; a pydantic error where it is not one line that reads as it stands."""
    if found := find_invisible_character(text):
        described = {"found": found}
        raise PydanticCustomError("line", "not one line of visible characters: {found}", described)
    return text


def readable(text: str) -> str:
    """Return ``text``; a pydantic error where it is not one line with a letter or digit in it."""
    visible(text)
    if text != text.strip() or not any(map(str.isalnum, text)):
        raise PydanticCustomError("words", "no letter or digit, or spaces around it")
    return text


def _one_line(text: str) -> str:
    readable(text)
    if len(text.encode()) > 240:
        raise PydanticCustomError("bytes", "too long in UTF-8")
    return text


def all_differ(values: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return ``values``; a pydantic error where one of them is there twice."""
    for value in values:
        if values.count(value) > 1:
            raise PydanticCustomError("repeated", "{value} is there twice", {"value": shown(value)})
    return values


def positive_zero(number: float) -> float:
    """Return ``number``, and 0.0 for −0.0, which NumPy refuses as the scale of its noise."""
    return number + 0.0


# These work on every unit alone; softmax, which weighs the units of a layer against each other, is
# for the output.
if TYPE_CHECKING:
    FeatureName = str
    Activation = str
    AnyActivation = str
    AnyInitializer = Initializer
    AnyLoss = Loss
    AnyOptimizer = Optimizer
    AnyLearningRate = float | Schedule
else:
    FeatureName = Literal[tuple(FEATURES)]
    Activation = Literal[tuple(ACTIVATIONS)]
    AnyActivation = Literal[Activation, "softmax"]
    AnyInitializer, AnyLoss, AnyOptimizer = map(one_of, (INITIALIZERS, LOSSES, OPTIMIZERS))
    AnyLearningRate = Annotated[
        either(LearningRate, int | float, float, tables_of(SCHEDULES)),
        AfterValidator(lambda rate: rate.initial if isinstance(rate, Constant) else rate),
    ]
Features = Annotated[
    tuple[FeatureName, ...], Field(strict=False, min_length=1), AfterValidator(all_differ)
]
Fraction = Annotated[float, Field(ge=0, le=1), AfterValidator(positive_zero)]
RandomState = Annotated[int, Field(ge=0, lt=2**32)]  # what NumPy takes as a seed
Seeds = Annotated[int, Field(ge=1, le=MOST_SEEDS)]
Units = Annotated[int, Field(ge=1, le=1024)]
Penalty = Annotated[float, Field(ge=0, le=1000), AfterValidator(positive_zero)]
Slug = Annotated[
    str,
    # File names end at 255 bytes on every common system: this leaves room for prefixes and endings.
    Field(
        max_length=60,
        description="a slug of lower-case letters, digits and single hyphens, such as linear-150, "
        "that no other table of its kind and no device of Windows has, and not index",
    ),
    AfterValidator(_slug),
]
Line = Annotated[
    str,
    # The PDF is named after the experiment's title, so the limit of file names holds here too.
    Field(
        max_length=120,
        description="one line with a letter or digit in it, without control characters or spaces "
        "around it, at most 240 bytes in UTF-8",
    ),
    AfterValidator(_one_line),
]


class Layer(TomlTable):
    """One dense layer."""

    units: Units
    activation: AnyActivation = "linear"
    # What is added to the loss for every weight w of the kernel: l1·|w| + l2·w².
    l1: Penalty = 0.0
    l2: Penalty = 0.0


class PublishedFigures(TomlTable):
    """The figures that the tutorial prints for a variant: at least one of them."""

    loss: Annotated[float, Field(ge=0), AfterValidator(positive_zero)] | None = None
    accuracy: Fraction | None = None

    @model_validator(mode="after")
    def _has_a_figure(self) -> Self:
        if self.loss is None and self.accuracy is None:
            raise PydanticCustomError("empty", "an empty table")
        return self


class Variant(TomlTable):
    """One network and the way it is trained."""

    name: Slug
    tutorial_name: Line | None = None
    title: Line
    short: Line | None = None  # the title where there is little room, as in a figure
    features: Features = PLANE
    feature_scale: FeatureScale = "none"  # or by the values on the training points
    # strict=False: TOML has lists where a frozen model has tuples. The items stay strict.
    layers: tuple[Layer, ...] = Field(
        strict=False,
        min_length=1,
        max_length=20,
        description=f"such as [{{ units = 4 }}], with at most {MOST_PARAMETERS} parameters in all",
    )
    loss: AnyLoss = BinaryCrossentropy(name="binary_crossentropy")
    optimizer: AnyOptimizer = Adam(name="adam")
    learning_rate: AnyLearningRate
    initializer: AnyInitializer = GlorotUniform(name="glorot_uniform")
    # With the most samples in batches of one, 10⁹ steps: they still count in 32 bits.
    epochs: int = Field(ge=1, le=100_000)
    # More than the samples is allowed and means, as in Keras, one batch of all of them.
    batch_size: int = Field(default=32, ge=1, le=10_000)
    # The last share of the points, which is watched and not trained on.
    validation_split: float | None = Field(default=None, ge=0.01, le=0.8)
    early_stopping: EarlyStopping | None = None
    published: PublishedFigures | None = None
    repairs: Annotated[tuple[str, ...], AfterValidator(all_differ)] = Field(
        default=(),
        strict=False,
        max_length=100,
        description="the names of variants that this one sets right",
    )

    @field_validator("layers")
    @classmethod
    def _fits_in_memory(cls, layers: tuple[Layer, ...], info: ValidationInfo) -> tuple[Layer, ...]:
        inputs = len(info.data.get("features", PLANE))
        if _count_parameters(layers, inputs) > MOST_PARAMETERS:
            raise PydanticCustomError("parameters", "too many parameters")
        return layers

    @model_validator(mode="after")
    def _softmax_goes_with_its_loss(self) -> Self:
        """Hold softmax to the output, and to the one loss that is made for it, both ways."""
        *hidden, last = [layer.activation for layer in self.layers]
        if "softmax" in hidden:
            place = ("layers", hidden.index("softmax"), "activation")
            wrong = "softmax is for the last layer"
            raise error_at(place, wrong, "softmax", ACTIVATIONS)
        loss = self.loss.tag_of()
        if loss == SOFTMAX_LOSS and last != "softmax":
            place = ("layers", len(hidden), "activation")
            raise error_at(place, f"{SOFTMAX_LOSS} needs softmax here", last, ["softmax"])
        if last == "softmax" and loss != SOFTMAX_LOSS:
            wrong = "does not go with softmax on the last layer"
            raise error_at(("loss",), wrong, loss, [SOFTMAX_LOSS])
        return self

    @model_validator(mode="after")
    def _early_stopping_may_begin(self) -> Self:
        stopping = self.early_stopping
        if stopping and stopping.start_from_epoch >= self.epochs:
            place = ("early_stopping", "start_from_epoch")
            wrong, allowed = (
                "begins after the last epoch",
                f"less than epochs, which is {self.epochs}",
            )
            raise error_at(place, wrong, stopping.start_from_epoch, allowed=allowed)
        return self

    @property
    def watches_a_draw(self) -> bool:
        """Whether early stopping watches points that are drawn for it."""
        watches = self.early_stopping and self.early_stopping.needs_validation
        return bool(watches and not self.validation_split)

    @property
    def schedule(self) -> Schedule:
        """The learning rate and how it changes."""
        rate = self.learning_rate
        return rate if isinstance(rate, Schedule) else Constant(schedule="constant", initial=rate)

    @property
    def short_title(self) -> str:
        """The title for where there is little room."""
        return self.short or self.title

    @property
    def options(self) -> tuple[Option, ...]:
        """What it chooses of each kind of option."""
        return self.initializer, self.loss, self.optimizer, self.schedule

    @property
    def sees_plane(self) -> bool:
        """Whether its inputs are the points themselves."""
        return self.features == PLANE and self.feature_scale == "none"

    @property
    def columns(self) -> int:
        """The number of output columns."""
        return self.layers[-1].units

    def parameters(self) -> int:
        """Return the number of weights and biases."""
        return _count_parameters(self.layers, len(self.features))


def _count_parameters(layers: tuple[Layer, ...], inputs: int) -> int:
    widths = [inputs, *(layer.units for layer in layers)]
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(widths))


def choose_seeds(count: int, reference: int) -> tuple[int, ...]:
    """Return ``count`` seeds in order: 0, 1, 2, … and always the reference seed."""
    others = (seed for seed in range(count) if seed != reference)
    return tuple(sorted([reference, *others][:count]))

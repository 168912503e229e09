"""What of Keras a variant asks for: calls, to be made or to be printed in a reader's program."""

from typing import TYPE_CHECKING, Any, NamedTuple

from circles.experiment.backend import load_backend

if TYPE_CHECKING:
    from circles.experiment.early_stopping import EarlyStopping
    from circles.experiment.options import Option
    from circles.experiment.parts import Layer, Variant

WIDTH = 100  # of a printed line, which a page can show
INDENT = 4


class KerasCall(NamedTuple):
    """A call of something in Keras.

    An argument may be another call; one without a name comes first.
    """

    path: str  # below ``keras``
    arguments: dict[str, Any]

    def make(self, **more: Any) -> Any:
        """Call it, with more arguments if they are given."""
        _, found = load_backend()
        for part in self.path.split("."):
            found = getattr(found, part)
        made = {
            name: value.make() if isinstance(value, KerasCall) else value
            for name, value in self.arguments.items()
        }
        first = [made.pop("")] if "" in made else []
        return found(*first, **made, **more)

    def __str__(self) -> str:
        """Return the call as Python, in one line."""
        said = [_lead(name) + _spell(value) for name, value in self.arguments.items()]
        return f"keras.{self.path}({', '.join(said)})"

    def print(self, lead: str = "", indent: int = 0) -> str:
        """Return a line that ends in a comma, or several where that would be too long.

        ``lead`` stands before the call, and ``indent`` spaces before all of it.
        """
        before, line = " " * indent, f"{' ' * indent}{lead}{self},"
        if len(line) <= WIDTH:
            return line
        inner = [
            value.print(_lead(name), indent + INDENT)
            if isinstance(value, KerasCall)
            else f"{before}{' ' * INDENT}{_lead(name)}{_spell(value)},"
            for name, value in self.arguments.items()
        ]
        return "\n".join([f"{before}{lead}keras.{self.path}(", *inner, f"{before}),"])


def dense(variant: "Variant", layer: "Layer") -> KerasCall:
    """Return the call for a layer; what it leaves at Keras's default is left out."""
    arguments: dict[str, Any] = {"": layer.units}
    if layer.activation != "linear":
        arguments["activation"] = layer.activation
    if variant.initializer != type(variant).model_fields["initializer"].default:
        arguments["kernel_initializer"] = _call("initializers", variant.initializer)
    penalties = {key: getattr(layer, key) for key in ("l1", "l2") if getattr(layer, key)}
    if penalties:
        name = "L1L2" if len(penalties) > 1 else next(iter(penalties)).upper()
        arguments["kernel_regularizer"] = KerasCall(f"regularizers.{name}", penalties)
    return KerasCall("layers.Dense", arguments)


def optimizer(variant: "Variant") -> KerasCall:
    """Return the call for the optimizer, its learning rate included."""
    rate = variant.learning_rate
    said = rate if isinstance(rate, float) else _call("optimizers.schedules", rate)
    return _call("optimizers", variant.optimizer, learning_rate=said)


def early_stopping(stopping: "EarlyStopping") -> KerasCall:
    """Return the call for the callback."""
    said: dict[str, Any] = {"monitor": stopping.monitor}
    if stopping.monitor.endswith("accuracy"):
        said["mode"] = "max"  # of a function of ours Keras cannot know it
    keys = stopping.model_dump(exclude_defaults=True)
    return KerasCall("callbacks.EarlyStopping", said | keys)


def loss(variant: "Variant") -> KerasCall:
    """Return the call for the loss."""
    return _call("losses", variant.loss)


def _call(module: str, option: "Option", **more: Any) -> KerasCall:
    name, arguments = option.in_keras()
    return KerasCall(f"{module}.{name}", more | arguments)


def _lead(name: str) -> str:
    return f"{name}=" if name else ""


def _spell(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)

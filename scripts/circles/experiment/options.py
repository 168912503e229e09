"""Options: what a key names, such as an optimizer, and keys of its own that it may have.

An option is a class whose fields are its keys, with defaults and limits. In the experiment file it
is its name alone, or a table with its name and some of its keys:

    optimizer = "sgd"
    optimizer = { name = "sgd", momentum = 0.9 }

Both are one object here, and one with every key at its default is written as its name alone: so a
new key with a default changes the address of no result.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union, get_args

from pydantic import Field, TypeAdapter, WrapValidator, model_serializer

from circles.experiment.toml_table import TomlTable

if TYPE_CHECKING:
    from pydantic import SerializerFunctionWrapHandler


class Option(TomlTable):
    """One option of a kind."""

    tag: ClassVar[str] = "name"  # the key that holds the name: a literal without a default

    kind: ClassVar[str]  # of what it is an option
    keras: ClassVar[str]  # the name of Keras's class, whose arguments are called as its keys
    title: ClassVar[str]  # what people call it
    formula: ClassVar[str]  # LaTeX, without dollar signs
    description: ClassVar[str]  # what it does, in a few words

    @classmethod
    def tag_of(cls) -> str:
        """Return the name in the experiment file."""
        return str(get_args(cls.model_fields[cls.tag].annotation)[0])

    @property
    def keys(self) -> dict[str, Any]:
        """Its own keys that are not at their default."""
        fields = type(self).model_fields.items()
        values = {key: getattr(self, key) for key, field in fields if key != self.tag}
        return {
            key: value
            for key, value in values.items()
            if value != type(self).model_fields[key].default
        }

    def in_keras(self) -> tuple[str, dict[str, Any]]:
        """Return what of Keras it is, below the module for its kind, and with which arguments."""
        return self.keras, self.keys

    @model_serializer(mode="wrap")
    def _shorten(self, handler: "SerializerFunctionWrapHandler") -> Any:
        return handler(self) if self.keys else self.tag_of()


def named(*options: type[Option]) -> dict[str, Any]:
    """Return options by their names: a registry."""
    return {one.tag_of(): one for one in options}


def tables_of(options: Mapping[str, type[Option]]) -> Any:
    """Return what pydantic takes for a table with the name of one of ``options``."""
    tag = next(iter(options.values())).tag
    return Annotated[Union[tuple(options.values())], Field(discriminator=tag)]  # noqa: UP007


def one_of(options: Mapping[str, type[Option]]) -> Any:
    """Return what pydantic takes for a key that names one of ``options``, alone or in a table."""
    names, tables = Literal[tuple(options)], tables_of(options)
    return either(names, str, lambda name: options[name](name=name), tables)


def either(plain: Any, kind: Any, make: Any, tables: Any) -> Any:
    """Return what pydantic takes for a plain value or a table, each with messages of its own.

    Parameters
    ----------
    plain, kind, make
        The rule of a plain value, its Python type, and what is made of it.
    tables
        The rule of all else.
    """
    by_value, by_table = TypeAdapter(plain), TypeAdapter(tables)

    def read(value: Any, _handler: Any) -> Any:
        if isinstance(value, kind):
            return make(by_value.validate_python(value, strict=True))
        return by_table.validate_python(value, strict=True)

    return Annotated[Union[plain, tables], WrapValidator(read)]  # noqa: UP007

"""What every table of the experiment file is: a frozen model without unknown keys."""

from pydantic import BaseModel, ConfigDict

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class TomlTable(BaseModel):
    """A table of the experiment file: no unknown keys, no converted values."""

    model_config = STRICT

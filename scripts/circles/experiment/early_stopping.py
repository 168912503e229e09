"""Early stopping: when the training of a run ends before its last epoch, as in Keras."""

from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from circles.experiment.toml_table import TomlTable

Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy"]


class EarlyStopping(TomlTable):
    """What is watched, and how long a run may go on without an improvement of it.

    The keys are those of ``keras.callbacks.EarlyStopping``, and mean the same.
    """

    monitor: Monitor = "val_loss"
    min_delta: float = Field(default=0.0, ge=0, le=1000)  # less is no improvement
    patience: int = Field(ge=1, le=100_000, description="epochs without an improvement")
    restore_best_weights: bool = False
    start_from_epoch: int = Field(default=0, ge=0, lt=100_000)  # epochs that count for nothing

    @field_validator("patience", mode="before")
    @classmethod
    def _is_no_patience(cls, patience: Any) -> Any:
        if patience == 0 and type(patience) is int:
            wrong = "Keras waits for one epoch in any case, so that 0 means 1"
            raise PydanticCustomError("patience", wrong)
        return patience

    @property
    def needs_validation(self) -> bool:
        """Whether it watches points that no step is taken on."""
        return self.monitor.startswith("val_")

"""What is wrong with a CSV file, and which key of the data set is to blame."""

from collections.abc import Sequence

from circles.experiment.rules import Location


class CsvError(ValueError):
    """The file cannot be used; ``place`` is the key of the data set that is to blame."""

    def __init__(
        self,
        wrong: str,
        allowed: str,
        received: object,
        *,
        place: Location = ("path",),
        known: Sequence[str] = (),
    ) -> None:
        super().__init__(wrong)
        self.wrong, self.allowed, self.received = wrong, allowed, received
        self.place, self.known = place, known

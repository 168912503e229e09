"""A scaler: columns in standard deviations from their means."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Scaler:
    """The mean and the standard deviation by which k columns are standardised."""

    mean: Floats  # (k,)
    std: Floats  # (k,) 1 for a column that does not vary

    @classmethod
    def of(cls, X: Points) -> Self:
        """Return that of scikit-learn's ``StandardScaler``, fitted to ``X``, (n, k)."""
        from sklearn.preprocessing import StandardScaler

        found = StandardScaler().fit(X)
        return cls(found.mean_, found.scale_)

    def standardise(self, X: Floats) -> Points:
        """Return rows (…, k) in standard deviations from the mean."""
        return np.asarray((X - self.mean) / self.std, np.float64)

    def restore(self, X: Floats) -> Floats:
        """Return standardised rows (…, k) in the columns' own units."""
        return np.asarray(X * self.std + self.mean)

"""The live figure "scrubber": the network of the reference run after its recorded epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from circles.common.text import plural
from circles.report.figures.diverged import name_run
from circles.report.live.data import LiveData, packed, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from circles.analysis.study import Study
    from circles.experiment.spec import Variant

MOST_FRAMES = 100
MOST_NUMBERS = 11_000  # of all frames together, some 60 kB


def scrubber(variant: Variant, study: Study) -> LiveData:
    """Return what the figure starts with; the table is of the frames' loss and accuracy."""
    import pandas as pd

    runs = study.runs_of(variant)
    recorded, weights = study.reference_path(variant)
    path = np.concatenate([part.reshape(len(part), -1) for part in weights], axis=1)
    frames = _choose(path, runs.reference_loss[recorded - 1])
    epochs = recorded[frames]
    curves = {
        "epochs": epochs.tolist(),
        "loss": rounded(runs.reference_loss[epochs - 1]),
        "accuracy": rounded(runs.reference_accuracy[epochs - 1], 4),
    }
    scaler = study.split.inputs_of(variant).scaler
    values: dict[str, Any] = curves | {
        "name": variant.name,
        "run": _describe_run(study, variant, epochs),
        "layers": [layer.model_dump(include={"units", "activation"}) for layer in variant.layers],
        "features": list(variant.features),
        "scaler": scaler and {"mean": scaler.mean.tolist(), "scale": scaler.std.tolist()},
        "weights": packed(path[frames]),
    }
    return LiveData(values, pd.DataFrame(curves))


def _describe_run(study: Study, variant: Variant, shown: NDArray[np.integer]) -> str:
    """Return which run it is, how far it went and how far it is shown, and what its numbers are."""
    run = name_run(study, variant, study.reference_seed)
    ran = int(study.runs_of(variant).epochs_run[study.reference_row(variant)])
    said = [f"{run[0].upper()}{run[1:]}."]
    stopping = variant.early_stopping
    if stopping and ran < variant.epochs:
        said.append(f"It was stopped early after {plural(ran, 'epoch')}.")
    if stopping and stopping.restore_best_weights:
        said.append("At the end, the weights of its best epoch were restored.")
    if len(shown) and shown[-1] < ran:
        said.append(f"It diverged: no finite numbers were recorded after epoch {shown[-1]}.")
    said.append("Loss and accuracy are means over the epoch's batches, as Keras reports them.")
    return " ".join(said)


def _choose(path: NDArray[np.floating], loss: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the rows of the frames: the first, the last, and others evenly, all of them finite."""
    finite = np.flatnonzero(np.isfinite(path).all(axis=1) & np.isfinite(loss))
    count = min(len(finite), MOST_FRAMES, max(2, MOST_NUMBERS // path.shape[1]))
    places = np.linspace(0, max(0, len(finite) - 1), count).round().astype(int)
    chosen: NDArray[np.intp] = finite[np.unique(places)]
    return chosen

"""What the products of a study may depend on besides code: what was asked, and its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circles.experiment import spec_sources
from circles.experiment.spec import Example, Variant
from circles.experiment.sweeps import Sweep
from circles.incremental import sources
from circles.incremental.sources import PENDING, Sources
from circles.training.trials import cell_name, list_trials

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from circles.experiment.spec import Experiment
    from circles.report.recipe import About
    from circles.training.store import StoredResult


class Scopes:
    """What the experiment file says, and the numbers of its results, by what they are about.

    Results that are yet to be trained count as pending, which equals no digest.
    """

    def __init__(self, experiment: Experiment, results: Mapping[str, StoredResult]) -> None:
        self._experiment = experiment
        self._results = results

    def of(self, about: About) -> Sources:
        """Return what a product about ``about`` may depend on: what was asked, and its results."""
        match about:
            case Variant():
                return self._asked(about) | self._trained(f"result {about.name}", [about.name])
            case Sweep():
                base = about.base(self._experiment)
                return self._asked(base) | self._swept(about)
            case Example():
                return self._asked(None) | self._shown(about)
            case "points":
                return self._asked(None)
            case "variants":
                return {k: v for one in self._experiment.variants for k, v in self.of(one).items()}
        every = self.of("variants")
        for sweep in self._experiment.sweeps:
            every |= self._swept(sweep)
        for example in self._experiment.examples:
            every |= self._shown(example)
        return every

    def _asked(self, variant: Variant | None) -> Sources:
        """Return what the file says of all variants, and of one."""
        of_all = spec_sources.of_experiment(self._experiment)
        return of_all | (spec_sources.of_variant(variant) if variant else {})

    def _swept(self, sweep: Sweep) -> Sources:
        cells = [cell_name(sweep, cell) for cell in sweep.cells(self._experiment)]
        trained = self._trained(f"results of sweep {sweep.name}", cells)
        return spec_sources.of_sweep(sweep, self._experiment) | trained

    def _shown(self, example: Example) -> Sources:
        names = [one.name for one in example.variants]
        trained = self._trained(f"results of example {example.name}", names)
        return spec_sources.of_example(example) | trained

    def _trained(self, source: str, trials: Iterable[str]) -> Sources:
        """Return one digest of the numbers of several results."""
        found = [self._results.get(name) for name in trials]
        numbers = [result.numbers for result in found if result]
        return {source: sources.of_value(numbers) if len(numbers) == len(found) else PENDING}

    def facts(self, about: About) -> Sources:
        """Return one digest of what the tables of provenance tell of results, of all or of one."""
        if about in ("points", "variants"):
            return {}
        one = about.name if isinstance(about, Variant) else None
        names = [one] if one else list(list_trials(self._experiment))
        found = [self._results.get(name) for name in names]
        described = [
            [[one.address, one.numbers, one.code, one.versions, one.machine] for one in each.facts]
            for each in filter(None, found)
        ]
        name = f"provenance of {one or 'all results'}"
        return {name: sources.of_value(described) if len(described) == len(found) else PENDING}

"""Where keys and items stand in a file, for messages that begin at its top."""

from typing import Any

from circles.experiment.rules import Location, Table


class FileOrder:
    """The order of keys and items in a file; each table is looked through once."""

    def __init__(self, document: Table) -> None:
        self._document = document
        self._ranks: dict[int, dict[int | str, int]] = {}  # by the identity of the table or array

    def position(self, location: Location) -> list[int]:
        """Return where ``location`` stands, one rank per level; a missing key comes last."""
        ranks: list[int] = []
        node: Any = self._document
        for part in location:
            found = self._ranks_in(node)
            if part not in found:
                return [*ranks, len(found)]
            ranks.append(found[part])
            node = node[part]
        return ranks

    def _ranks_in(self, node: Any) -> dict[int | str, int]:
        if id(node) not in self._ranks:
            keys = node if isinstance(node, dict) else range(len(node))
            self._ranks[id(node)] = {key: rank for rank, key in enumerate(keys)}
        return self._ranks[id(node)]

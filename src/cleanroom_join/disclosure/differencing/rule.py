"""
Rule ``differencing``: two published figures never differ by fewer than k subjects.

Whoever subtracts an earlier release from this one must not learn about a few people
who came or left, or of whom there are other rows or values now.  Compared is what a
release *tells*:

- the figures of every cell, coarser cell and total it shows;
- the sums of its cells, and of its totals, along every line of the table: 150 people
  who moved from one cell to the next hide one who left in each cell, but not in
  their sum;
- what is left of a total, or of a sum, without cells beneath it, all of them that
  both releases show or any one: 150 people who came into one cell hide one who left
  another in the total, but not in the total less that cell.

All figures and sums are compared with all earlier ones, whatever their labels: who
owns a dimension can exchange its labels.  Rests are compared line by line.

What is compared of two such facts are people, rows, and the values of every measure
column that both questions read (`marks`).  Not compared are sums of any other sets of
cells: there are too many of them.

Facts in which every figure was published before, of just these people, tell nothing
that is new, so only others are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.marginals import Marginals
from cleanroom_join.disclosure.differencing.residual_pairs import residual_statements
from cleanroom_join.disclosure.differencing.statements import (
    ReleaseStatements,
    Statement,
    StatementIndex,
)
from cleanroom_join.disclosure.model.history import cell_id, known, overlapping
from cleanroom_join.disclosure.model.rule import RuleText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure.differencing.statements import Changed
    from cleanroom_join.disclosure.model.history import CellId, EarlierRelease, History
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["TEXT", "EarlierReleases", "differencing"]

TEXT = RuleText(
    does="Compares the subjects of a cell, and of sums of cells along a line, with"
    " every earlier release. If fewer than {k} subjects came, left, or have other rows"
    " or values, the new figures are not published.",
    why="The difference of two figures would be a figure about those few.",
)


class EarlierReleases:
    """What all earlier releases told, ready to be compared with."""

    def __init__(self, query: Query, history: History) -> None:
        self.query = query
        self.lines = Marginals(query.every_dimension)
        self.releases = tuple(self._earlier(release) for release in known(history))
        self._versions = {
            (name, cell, total.identity)
            for release in self.releases
            for name, totals in release.facets.items()
            for cell, total in totals.items()
        }
        told: dict[str, list[Statement]] = {}
        for release in self.releases:
            for fact in release.told(query.single_label_dimensions):
                told.setdefault(fact.facet, []).append(fact)
        self._told = {name: StatementIndex(facts) for name, facts in told.items()}
        self._near: dict[tuple[object, ...], bool] = {}

    def _earlier(self, release: EarlierRelease) -> ReleaseStatements:
        """Return an earlier release as it is compared."""
        signatures = {
            cell: version.signature for cell, version in release.cells.items()
        }
        return self.shown(signatures, release.leaves)

    def shown(
        self, signatures: Mapping[CellId, CellSignature], leaves: AbstractSet[CellId]
    ) -> ReleaseStatements:
        """Return a release that shows some items, some of them leaves."""
        return ReleaseStatements.of(signatures, leaves, self.lines)

    def changed(self, now: ReleaseStatements, new: AbstractSet[CellId]) -> Changed:
        """Return which figures were never published, by aspect."""
        return {
            name: {
                cell
                for cell in new & totals.keys()
                if (name, cell, totals[cell].identity) not in self._versions
            }
            for name, totals in now.facets.items()
        }

    def close(
        self, now: ReleaseStatements, changed: Changed, k: int
    ) -> Iterator[Statement]:
        """Yield what a release tells of few people, alone or with an earlier one."""
        for fact in now.told(self.query.single_label_dimensions, changed):
            if self._tells(fact, k):
                yield fact
        for before in self.releases:
            yield from residual_statements(
                now, before, changed, self.query.single_label_dimensions, k
            )

    def _tells(self, fact: Statement, k: int) -> bool:
        """Return whether an earlier release told nearly the same; asked once."""
        asked = (k, fact.facet, fact.line, fact.exact, *fact.total.identity)
        if asked not in self._near:
            facts = self._told.get(fact.facet)
            near = () if facts is None else facts.near(fact.total, k)
            self._near[asked] = any(self._comparable(fact, other) for other in near)
        return self._near[asked]

    def _comparable(self, one: Statement, other: Statement) -> bool:
        """
        Return whether two facts are about whom their words say.

        In a sum that counts people twice they leave no trace, so that sums of quite
        different people may look alike: then labels have to tell.
        """
        if one.exact and other.exact:
            return True
        return overlapping(self.query.every_dimension, one.line, other.line)


def differencing(
    fresh: AbstractSet[CellLabels],
    again: Mapping[CellLabels, CellSignature],
    signatures: Mapping[CellLabels, CellSignature | None],
    leaves: AbstractSet[CellLabels],
    past: EarlierReleases,
    k: int,
) -> frozenset[CellLabels]:
    """
    Return which cells' present figures must not be published.

    Args:
        fresh: Cells whose present figures would be published.
        again: Cells that would be shown as they were, with their marks then.
        signatures: The mark of each; a cell without one is refused.
        leaves: Which keys are leaves.
        past: What earlier releases told.
        k: Fewest subjects that two figures may differ by.
    """
    if not past.releases:
        return frozenset()
    query = past.query
    refused = {key for key in fresh if signatures.get(key) is None}
    ids = {cell_id(query, key): key for key in fresh - refused}
    new = {
        cell: signature
        for cell, key in ids.items()
        if (signature := signatures[key]) is not None
    }
    shown = {cell_id(query, key): signature for key, signature in again.items()} | new
    now = past.shown(shown, frozenset(cell_id(query, key) for key in leaves))
    changed = past.changed(now, new.keys())
    for fact in past.close(now, changed, k):
        refused |= {ids[cell] for cell in fact.cells & changed[fact.facet]}
    return frozenset(refused)

"""The index of earlier releases that the differencing rule searches."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.facet_sums import revised_columns
from cleanroom_join.disclosure.differencing.marginals import Marginals
from cleanroom_join.disclosure.differencing.residual_pairs import residual_statements
from cleanroom_join.disclosure.differencing.statements import (
    ReleaseStatements,
    StatementIndex,
)
from cleanroom_join.disclosure.model.history import (
    different_releases,
    dimensions_of,
    hierarchies_key,
    may_overlap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure.differencing.statements import (
        Statement,
        Unpublished,
    )
    from cleanroom_join.disclosure.model.history import (
        CellId,
        EarlierRelease,
        Hierarchies,
        History,
    )
    from cleanroom_join.disclosure.model.signature import CellSignature

    Statements = tuple[ReleaseStatements, ...]
    """Of one release, once for the marginals of each hierarchy."""

__all__ = ["ReleaseIndex"]


class ReleaseIndex:
    """
    All earlier releases, of any contract, indexed for comparison with one new release.

    Args:
        query: The query of the new release.
        history: The earlier releases, of any query.
    """

    def __init__(self, query: Query, history: History) -> None:
        self.query = query
        self.revised = revised_columns(query, history)
        earlier = tuple(different_releases(history))
        self._present = {n: d.parents for n, d in query.every_dimension.items()}
        hierarchies = {
            hierarchies_key(each): each
            for each in (self._present, *map(self._hierarchies, earlier))
        }
        self._marginals = {key: Marginals(each) for key, each in hierarchies.items()}
        self._releases = tuple(
            self.statements_of(
                {cell: version.signature for cell, version in release.cells.items()},
                release.leaves,
                self._hierarchies(release),
            )
            for release in earlier
        )
        self._published = {
            (facet, cell, total.identity)
            for release, *_ in self._releases
            for facet, totals in release.facets.items()
            for cell, total in totals.items()
        }
        by_facet: dict[str, list[Statement]] = {}
        for release in chain.from_iterable(self._releases):
            for statement in release.statements(query.single_label_dimensions):
                by_facet.setdefault(statement.facet, []).append(statement)
        self._by_facet = {
            facet: StatementIndex(statements) for facet, statements in by_facet.items()
        }
        self._answers: dict[tuple[object, ...], bool] = {}
        """Whether each statement looked up so far is close to an earlier one."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no earlier release."""
        return not self._releases

    def _hierarchies(self, release: EarlierRelease) -> Hierarchies:
        """Return the hierarchies of an earlier release, and of dimensions it lacks."""
        without: Hierarchies = {key: {} for key in dimensions_of(release.cells)}
        return {**self._present, **without, **release.hierarchies}

    def statements_of(
        self,
        signatures: Mapping[CellId, CellSignature],
        leaves: AbstractSet[CellId],
        hierarchies: Hierarchies | None = None,
    ) -> Statements:
        """
        Return the statements of a release, once for the marginals of each hierarchy.

        A revision may exchange the coarser labels.  A reader knows the earlier ones and
        can sum the present cells below them, and the earlier cells below the present.

        Args:
            signatures: The signature of each cell that the release shows.
            leaves: Which cells are leaves.
            hierarchies: Of that release; None for those of the query.
        """
        own = self._marginals[hierarchies_key(hierarchies or self._present)]
        return ReleaseStatements.of(
            signatures,
            own.disjoint_sets(signatures, leaves),
            tuple(self._marginals.values()),
            self.revised,
        )

    def unpublished(
        self, releases: Statements, new: AbstractSet[CellId]
    ) -> Unpublished:
        """Return, by facet, the new cells with figures that no release published."""
        release, *_ = releases
        return {
            facet: {
                cell
                for cell in new & totals.keys()
                if (facet, cell, totals[cell].identity) not in self._published
            }
            for facet, totals in release.facets.items()
        }

    def disclosive(
        self, releases: Statements, unpublished: Unpublished, k: int
    ) -> Iterator[Statement]:
        """
        Yield the statements of a release that disclose fewer than *k* subjects.

        They do so beside an earlier statement, or together with an earlier release.
        """
        once = self.query.single_label_dimensions
        for release in releases:
            for statement in release.statements(once, unpublished):
                if self._is_close_to_earlier(statement, k):
                    yield statement
        for earlier in self._releases:
            for ours, theirs in zip(releases, earlier, strict=True):
                yield from residual_statements(ours, theirs, unpublished, once, k)

    def _is_close_to_earlier(self, statement: Statement, k: int) -> bool:
        """Return whether a comparable earlier statement is close; looked up once."""
        identity = statement.total.identity
        sought = (k, statement.facet, statement.about, statement.exact, *identity)
        if sought not in self._answers:
            index = self._by_facet.get(statement.facet)
            close = () if index is None else index.close_to(statement.total, k)
            self._answers[sought] = any(
                self._are_comparable(statement, other) for other in close
            )
        return self._answers[sought]

    def _are_comparable(self, one: Statement, other: Statement) -> bool:
        """
        Return whether two statements that look close may be about the same subjects.

        If both fingerprints identify their subjects exactly, they are.  In a sum that
        counts subjects twice the XOR of words cancels these, so that sums about quite
        different subjects may look alike: then the labels must allow an overlap.
        """
        if one.exact and other.exact:
            return True
        return may_overlap(self.query.every_dimension, one.about, other.about)

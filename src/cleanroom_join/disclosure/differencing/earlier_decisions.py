"""
Which cells an earlier release has decided, whatever the primary rules say of them now.

The primary rules compare exact counts, so a cell at the edge of one of them tells by
its presence what one subject's value is.  An attacker who moves one subject after the
other over that edge would read every subject's value.  So a decision that was made once
about some subjects stays, for them and for all sets that differ from them by few:

- a cell that differencing would not let show its present figures shows its earlier ones
  or none, whether or not it passes the primary rules now;
- so does a cell about exactly the subjects of its last release;
- a cell close to one that a primary rule suppressed stays suppressed.  The ledger keeps
  these only where the number of its chunks hides how many they are.

All three depend on which subjects are in the cells, and on what they contribute, but on
no count of subjects with some value.  A policy that has become stricter is a reason to
decide anew; one that has become less strict is a reason to forget what was suppressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.facet_sums import facet_key, facet_sums
from cleanroom_join.disclosure.differencing.rule import differencing, distance
from cleanroom_join.disclosure.differencing.statements import Statement, StatementIndex
from cleanroom_join.disclosure.model.history import cell_id
from cleanroom_join.disclosure.model.primary_limits import PrimaryLimits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy
    from cleanroom_join.disclosure.differencing.release_index import ReleaseIndex
    from cleanroom_join.disclosure.model.history import History, PublishedVersion
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["EarlierDecisions"]


class EarlierDecisions:
    """
    What earlier releases decided about sets of subjects.

    Args:
        index: The earlier releases, indexed for one query.
        history: The same releases.
        policy: The policy in force.
    """

    def __init__(self, index: ReleaseIndex, history: History, policy: Policy) -> None:
        self._index = index
        self._history = history
        self._k = distance(index.query, policy)
        self._limits = PrimaryLimits.of(policy)
        suppressed = [
            (cell, signature)
            for release in history.releases
            if release.limits and self._limits.is_as_strict_as(release.limits)
            for cell, signature in release.suppressed.items()
        ]
        self._revised = index.revised
        self._suppressed = {self._identity(signature) for _, signature in suppressed}
        by_facet: dict[str, list[Statement]] = {}
        for cell, signature in suppressed:
            for facet, total in facet_sums(signature, self._revised).items():
                statement = Statement(facet, cell, total, frozenset(), exact=True)
                by_facet.setdefault(facet, []).append(statement)
        self._by_facet = {f: StatementIndex(found) for f, found in by_facet.items()}

    def close_to_published(
        self,
        signatures: Mapping[CellLabels, CellSignature],
        requested: AbstractSet[CellLabels],
        leaves: AbstractSet[CellLabels],
    ) -> frozenset[CellLabels]:
        """
        Return the cells that could not be published even if all passed all rules.

        Args:
            signatures: Present signature of each cell that has one.
            requested: The leaves and totals.
            leaves: Which cells are leaves.
        """
        asked = requested & signatures.keys()
        return differencing(asked, {}, signatures, leaves, self._index, self._k)

    def near_suppressed(
        self, signatures: Mapping[CellLabels, CellSignature]
    ) -> frozenset[CellLabels]:
        """Return the cells close to one that a primary rule suppressed earlier."""
        return frozenset(c for c, s in signatures.items() if self._is_near(s))

    def unchanged(
        self, signatures: Mapping[CellLabels, CellSignature]
    ) -> Iterator[CellLabels]:
        """
        Yield the cells that are exactly as in their last release.

        They may be published anew if they pass all rules: their figures are the same.
        """
        query = self._index.query
        last = self._history.last(query.identity)
        if last is None:
            return
        for labels, signature in signatures.items():
            version = last.cells.get(cell_id(query, labels))
            if version is None:
                continue
            if self._identity(version.signature) == self._identity(signature):
                yield labels

    def may_show(self, version: PublishedVersion) -> bool:
        """Return whether no limit has become stricter since a cell was published."""
        then = self._history.limits_of(version)
        return then is not None and then.is_as_strict_as(self._limits)

    def _is_near(self, signature: CellSignature) -> bool:
        """Return whether a cell is that of an earlier suppressed one, or close."""
        if not self._suppressed:
            return False
        return self._identity(signature) in self._suppressed or any(
            next(index.close_to(total, self._k), None)
            for facet, total in facet_sums(signature, self._revised).items()
            if (index := self._by_facet.get(facet)) is not None
        )

    def _identity(self, signature: CellSignature) -> frozenset[tuple[object, ...]]:
        """Return a key that differs whenever subjects, rows or values differ."""
        across_bounds = bool(self._revised)
        return frozenset(
            facet_key(facet, fingerprint, across_bounds=across_bounds)
            for facet, fingerprint in signature.facets.items()
        )

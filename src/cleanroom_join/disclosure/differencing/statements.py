"""
Statements of a release: its figures, and the marginal sums that a reader can form.

Every statement is about one facet of a signature: subjects, rows, or the values of one
measure column (`model.signature`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.differencing.facet_sums import facet_sums
from cleanroom_join.disclosure.differencing.fingerprint_sums import FingerprintSum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleanroom_join.disclosure.differencing.marginals import Marginals
    from cleanroom_join.disclosure.model.history import CellId
    from cleanroom_join.disclosure.model.signature import CellSignature

    Unpublished = Mapping[str, AbstractSet[CellId]]
    """By facet: cells whose present figures no earlier release published."""

__all__ = ["ReleaseStatements", "Statement", "StatementIndex", "dimension_names"]


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that a reader of a release can derive about a set of subjects."""

    facet: str
    about: CellId
    """The cell whose figure it is, or the marginal whose cells are summed."""
    total: FingerprintSum
    """Fingerprint of the subjects; empty if only a difference of releases has one."""
    cells: frozenset[CellId]
    """
    Cells whose new figures must all be suppressed if this statement is disclosive.

    Cells of which the same figures were published before stay.
    """
    exact: bool
    """
    Whether the fingerprint identifies its subjects exactly.

    It does unless the sum counts some subject twice, whom the XOR of words cancels.
    """


@dataclass(frozen=True, slots=True)
class ReleaseStatements:
    """The figures of one release by facet, and its marginal sums, each formed once."""

    facets: Mapping[str, Mapping[CellId, FingerprintSum]]
    """By facet: the fingerprint of each published cell."""
    disjoint_sets: tuple[frozenset[CellId], ...]
    """The disjoint sets of cells that a reader would sum (`Marginals`)."""
    marginals: Marginals
    """The marginals that they are summed below, of this or of another release."""
    _sums: dict[tuple[str, frozenset[CellId]], Mapping[CellId, FingerprintSum]] = field(
        default_factory=dict
    )

    @classmethod
    def of(
        cls,
        signatures: Mapping[CellId, CellSignature],
        disjoint_sets: Sequence[frozenset[CellId]],
        marginals: Sequence[Marginals],
        revised: AbstractSet[str] = frozenset(),
    ) -> tuple[ReleaseStatements, ...]:
        """
        Return the statements of a release, once for the marginals of each hierarchy.

        Args:
            signatures: The signature of each published cell.
            disjoint_sets: Its disjoint sets, by its own hierarchies.
            marginals: Shared by all releases that are compared.
            revised: Columns that are compared across bounds (`revised_columns`).
        """
        facets: dict[str, dict[CellId, FingerprintSum]] = {}
        for cell, signature in signatures.items():
            for facet, total in facet_sums(signature, revised).items():
                facets.setdefault(facet, {})[cell] = total
        return tuple(cls(facets, tuple(disjoint_sets), each) for each in marginals)

    def sums(
        self, facet: str, cells: frozenset[CellId]
    ) -> Mapping[CellId, FingerprintSum]:
        """
        Return the sum below each marginal of a disjoint set, by marginal.

        A marginal with a cell below it that lacks the facet has no sum.
        """
        if (facet, cells) not in self._sums:
            fingerprints = self.facets[facet]
            self._sums[facet, cells] = {
                marginal: FingerprintSum.total(fingerprints[cell] for cell in below)
                for marginal, below in self.marginals.cells_below(cells).items()
                if all(cell in fingerprints for cell in below)
            }
        return self._sums[facet, cells]

    def statements(
        self, once: frozenset[str], unpublished: Unpublished | None = None
    ) -> Iterator[Statement]:
        """
        Yield the figures and the marginal sums.

        Args:
            once: Dimensions in which no subject has two labels.
            unpublished: Yield only statements with at least one of these cells; None
                for all statements.
        """
        for facet, fingerprints in self.facets.items():
            wanted = fingerprints.keys() if unpublished is None else unpublished[facet]
            for cell in wanted & fingerprints.keys():
                total, cells = fingerprints[cell], frozenset([cell])
                yield Statement(facet, cell, total, cells, exact=True)
            for disjoint_set in self.disjoint_sets:
                exact = once.issuperset(dimension_names(disjoint_set))
                below = self.marginals.cells_below(disjoint_set)
                for marginal, total in self.sums(facet, disjoint_set).items():
                    if not wanted.isdisjoint(below[marginal]):
                        cells = frozenset(below[marginal])
                        yield Statement(facet, marginal, total, cells, exact)


def dimension_names(disjoint_set: frozenset[CellId]) -> tuple[str, ...]:
    """Return the dimensions that all cells of a disjoint set have."""
    return tuple(name for name, _ in next(iter(disjoint_set)))


class StatementIndex:
    """
    Statements about one facet, sorted by the number of subjects.

    Args:
        statements: Of any releases; equal ones are kept once.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        different = {(s.about, s.exact, s.total.identity): s for s in statements}
        self._statements = sorted(different.values(), key=lambda s: s.total.subjects)
        self._sizes = [statement.total.subjects for statement in self._statements]
        self._reach = max((s.total.reach for s in self._statements), default=0)

    def close_to(self, total: FingerprintSum, k: int) -> Iterator[Statement]:
        """Yield the statements that one to *k* - 1 subjects tell apart from *total*."""
        size, reach = total.subjects, k + total.reach + self._reach
        low = bisect_right(self._sizes, size - reach)
        high = bisect_left(self._sizes, size + reach)
        return (s for s in self._statements[low:high] if total.is_close(s.total, k))

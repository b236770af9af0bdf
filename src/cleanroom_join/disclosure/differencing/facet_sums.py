"""
The facets of a signature that differencing compares, as sums of fingerprints.

A revision may clamp a column to other bounds.  Then it is compared twice: cells without
a clamped value by their values, which no bound has changed; all cells by their
subjects, any of whom may contribute something else (`FingerprintSum.of_clamped`).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from cleanroom_join.contract import ValueFacet
from cleanroom_join.disclosure.differencing.fingerprint_sums import FingerprintSum
from cleanroom_join.disclosure.model.signature import (
    SUBJECTS,
    contents_of,
    split,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import Query
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint
    from cleanroom_join.disclosure.model.history import History
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["facet_key", "facet_sums", "revised_columns"]


def revised_columns(query: Query, history: History) -> frozenset[str]:
    """
    Return the columns that some release clamped otherwise than a query does.

    Args:
        query: The query of the new release.
        history: The earlier releases.

    Returns:
        Paths of columns that the query reads.
    """
    signatures = chain.from_iterable(
        (
            *(version.signature for version in release.cells.values()),
            *release.suppressed.values(),
        )
        for release in history.releases
    )
    names = set(contents_of(query)).union(*(s.facets for s in signatures))
    facets = _value_facets(names)
    columns = {facet.path for facet in _value_facets(query.facet_columns).values()}
    read = {f.path for f in facets.values() if split(f.path)[1] in columns}
    clamped: dict[str, set[ValueFacet]] = {}
    for facet in facets.values():
        clamped.setdefault(facet.path, set()).add(facet)
    return frozenset(path for path in read if len(clamped[path]) > 1)


def facet_sums(
    signature: CellSignature, revised: AbstractSet[str]
) -> Mapping[str, FingerprintSum]:
    """
    Return the fingerprint of each facet of a signature, as a sum of one.

    Args:
        signature: Of one cell.
        revised: Columns that are compared across bounds as well; see
            `revised_columns`.
    """
    sums = {
        facet: FingerprintSum.alone(fingerprint)
        for facet, fingerprint in signature.facets.items()
    }
    if not revised or SUBJECTS not in signature.facets:
        return sums
    for name, facet in _value_facets(signature.facets).items():
        if facet.path not in revised:
            continue
        values = signature.facets[name]
        # Of an alias, the subjects by this alias.
        subjects = signature.facets[split(name)[0] + SUBJECTS]
        sums[f"{facet.path}, by subjects"] = FingerprintSum.of_clamped(
            facet, subjects, values
        )
        if not values.clamped:
            sums[f"{facet.path}, not clamped, by {facet.unit}"] = FingerprintSum.alone(
                values
            )
    return sums


def facet_key(
    name: str, fingerprint: Fingerprint, *, across_bounds: bool
) -> tuple[object, ...]:
    """
    Return a key that differs whenever subjects, rows or values differ.

    Args:
        name: The facet.
        fingerprint: Its fingerprint in one cell.
        across_bounds: Whether values that no bound has changed have one key, whatever
            the bounds are.
    """
    facet = ValueFacet.named(name) if across_bounds else None
    if facet is not None and not fingerprint.clamped:
        name = f"{facet.path} by {facet.unit}"
    return name, *FingerprintSum.alone(fingerprint).identity


def _value_facets(names: Iterable[str]) -> Mapping[str, ValueFacet]:
    """Return those facets that are about the values of a column, by name."""
    found = {name: ValueFacet.named(name) for name in names}
    return {name: facet for name, facet in found.items() if facet is not None}

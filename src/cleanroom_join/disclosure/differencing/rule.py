"""
Rule ``differencing``: two published figures never differ by fewer than k subjects.

Whoever subtracts an earlier release from this one must not learn about a few subjects
that came or left, or that have other rows or values now.  The rule compares all
*statements* of the releases:

- the figures of every cell, coarser cell and total;
- the sums of cells, and of totals, below every marginal.  If 150 subjects moved from
  one cell to the next, they hide in each cell one that left, but not in the sum;
- the residuals of a total, or of a sum, without cells below it: without all cells that
  both releases show, or without any one.  If 150 subjects came into one cell, they hide
  in the total one that left another, but not in the total less that cell.

It compares figures and sums with all earlier ones, whatever their labels, since the
party that owns a dimension can exchange its labels.  It sums the cells of every release
below the coarser labels of every release.  It compares residuals marginal by
marginal.  It compares two statements facet by facet: subjects, rows, and the values of
every measure column that both queries read (`model.signature`).  A column is the same
column whatever it is called in the contract.  If it was clamped to other bounds, two
statements about it are close if their subjects are the same or nearly so.  The rule
does not compare sums of other sets of cells: there are too many of them.

A statement in which every figure was published before, about exactly these subjects,
discloses nothing new, so the rule only looks at the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.disclosure.model.history import cell_id
from cleanroom_join.disclosure.model.rule import RuleText

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.differencing.release_index import ReleaseIndex
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["TEXT", "differencing", "distance"]

TEXT = RuleText(
    does="Compares the subjects of a cell, and of sums of cells along a row or column,"
    " with every earlier release. If fewer than {k} subjects came, left, or have other"
    " rows or values, the new figures are not published.",
    why="The difference of two figures would be a figure about those few.",
)


def distance(query: Query, policy: Policy) -> int:
    """
    Return the fewest subjects that two figures may differ by: *k*, or twice as many.

    A subject with other tokens is one who left and one who came.  So with several kinds
    of subject *k* of them look like 2 *k*.
    """
    return policy.min_cohort * (2 if query.aliases else 1)


def differencing(
    new: AbstractSet[CellLabels],
    repeated: Mapping[CellLabels, CellSignature],
    signatures: Mapping[CellLabels, CellSignature | None],
    leaves: AbstractSet[CellLabels],
    earlier: ReleaseIndex,
    k: int,
) -> frozenset[CellLabels]:
    """
    Return the cells whose present figures must not be published.

    Args:
        new: Cells whose present figures would be published.
        repeated: Cells that would show the figures of their last release, with the
            signatures they had then.
        signatures: Present signature of each cell; a new cell needs one.
        leaves: Which cells are leaves.
        earlier: The earlier releases.
        k: Fewest subjects that two figures may differ by.
    """
    if earlier.is_empty:
        return frozenset()
    query = earlier.query
    suppressed = {labels for labels in new if signatures.get(labels) is None}
    labels_by_id = {cell_id(query, labels): labels for labels in new - suppressed}
    new_signatures = {
        cell: signature
        for cell, labels in labels_by_id.items()
        if (signature := signatures[labels]) is not None
    }
    old_signatures = {cell_id(query, c): signature for c, signature in repeated.items()}
    releases = earlier.statements_of(
        old_signatures | new_signatures, frozenset(cell_id(query, c) for c in leaves)
    )
    unpublished = earlier.unpublished(releases, new_signatures.keys())
    for statement in earlier.disclosive(releases, unpublished, k):
        disclosive = statement.cells & unpublished[statement.facet]
        suppressed |= {labels_by_id[cell] for cell in disclosive}
    return frozenset(suppressed)

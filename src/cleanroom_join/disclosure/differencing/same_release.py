"""
Rule ``differencing`` within one release: cells that nearly the same people are in.

Where a subject may be in several cells, two of them can differ by few: everybody has a
row in the north and one in the south, but one has none in the south.  And the subjects
of some cells, added up, may be few more than their total: those who are in two of them.
Where dimensions have one label per subject, neither can be.

Candidates are found by equal words of fingerprints: two sets that differ by fewer than
k have many in common.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, combinations
from typing import TYPE_CHECKING

from cleanroom_join.contract import ALL
from cleanroom_join.disclosure.model.fingerprint import (
    FINGERPRINT_WORDS,
    differs_by_fewer_than,
    words_of,
)
from cleanroom_join.disclosure.model.signature import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["near_duplicates", "overlap_revealing_totals"]

_LOOKED_AT = range(0, FINGERPRINT_WORDS, 2)
"""Places of the words that are compared to find candidates."""

_IN_COMMON = 3
"""
How many of these words candidates have in common at least.

Of two sets of k or more that differ by fewer than k, a third of the subjects are in
both, most of them alone in their word: of 100 and 99 apart, some 46 words are equal and
not empty, 23 of them in half of the places.  Fewer than three are with a probability of
4e-11 (binomial: 51 subjects, each seen with a probability of 0.45).
"""

_CROWDED = 2 * FINGERPRINT_WORDS
"""k from which on words have so many subjects each that hardly any are equal."""


def near_duplicates(
    fresh: AbstractSet[CellLabels],
    again: Mapping[CellLabels, CellSignature],
    signatures: Mapping[CellLabels, CellSignature | None],
    query: Query,
    policy: Policy,
    cost: Callable[[CellLabels], tuple[int, str]],
) -> frozenset[CellLabels]:
    """
    Return which cells' present figures must not be published beside others.

    Args:
        fresh: Cells whose present figures would be published.
        again: Cells that would be shown as they were, with their marks then.
        signatures: The mark of each.
        query: What was asked.
        policy: Its k is how many at least two figures may differ by.  How many people
            two cells have tells only how many more are in one of them, net; of them,
            m are enough.
        cost: What withholding a cell loses; of two that are alike the cheaper goes.
    """
    if query.one_cell_per_subject:
        return frozenset()
    shown = {
        key: signature
        for key in fresh
        if (signature := signatures.get(key)) is not None
    }
    shown |= again
    refused: set[CellLabels] = set()
    for one, other in sorted(_near(shown, query, policy), key=repr):
        pair = {one, other} & fresh - refused
        if pair and not {one, other} & refused:
            refused.add(min(pair, key=cost))
    return frozenset(refused)


def overlap_revealing_totals(
    layout: Layout,
    kept: AbstractSet[CellLabels],
    cells: Mapping[CellLabels, CellStatistics],
    query: Query,
    k: int,
) -> frozenset[CellLabels]:
    """
    Return totals whose parts have a few more subjects together than they have.

    The difference is how often somebody is in one more of the parts, and may be one.
    Parts are the cells beneath a total, or the sums of one level beneath it, with the
    cells beneath none of these.
    """
    if query.one_cell_per_subject:
        return frozenset()
    first = query.subjects[0].label
    count = {key: cells[key].subjects[first].subjects for key in kept}
    by_level: dict[object, list[Aggregate]] = {}
    for aggregate in layout.aggregates:
        if aggregate.labels in kept:
            by_level.setdefault(aggregate.level, []).append(aggregate)
    found = set()
    for items in by_level.values():
        for aggregate in items:
            for finer in ((), *by_level.values()):
                beneath = [a for a in finer if a.leaves < aggregate.leaves]
                if finer and not beneath:
                    continue
                rest = aggregate.leaves.difference(*(a.leaves for a in beneath))
                if not rest <= kept:
                    continue
                parts = sum(count[key] for key in (*rest, *(a.labels for a in beneath)))
                if 0 < parts - count[aggregate.labels] < k:
                    found.add(aggregate.labels)
    return frozenset(found)


def _near(
    shown: Mapping[CellLabels, CellSignature], query: Query, policy: Policy
) -> Iterator[tuple[CellLabels, CellLabels]]:
    """Yield pairs of cells that few make the difference of, in some aspect."""
    by_facet: dict[str, dict[CellLabels, Fingerprint]] = {}
    for key, signature in shown.items():
        for name, fingerprint in signature.facets.items():
            by_facet.setdefault(name, {})[key] = fingerprint
    # The same people may contribute something else, nearly all of them: then only who
    # they are shows that two cells are alike.
    if policy.min_cohort > _CROWDED:
        pairs = set(combinations(sorted(shown, key=repr), 2))
    else:
        pairs = set().union(*map(_candidates, by_facet.values()))
    pairs = {pair for pair in pairs if not _apart(*pair, query)}
    found = set()
    for name, prints in by_facet.items():
        few = policy.min_opposite if name == SUBJECTS else policy.min_cohort
        for one, other in pairs:
            both = one in prints and other in prints
            if both and differs_by_fewer_than(few, prints[one], prints[other]):
                found.add((one, other))
    yield from found


def _candidates(
    prints: Mapping[CellLabels, Fingerprint],
) -> set[tuple[CellLabels, CellLabels]]:
    """Return pairs of cells that have some words in common that are not empty."""
    by_word: dict[tuple[int, int], list[CellLabels]] = {}
    for key, fingerprint in sorted(prints.items(), key=lambda item: repr(item[0])):
        words = words_of(fingerprint.words).tolist()
        for place in _LOOKED_AT:
            if words[place]:
                by_word.setdefault((place, words[place]), []).append(key)
    equal = Counter(
        chain.from_iterable(
            combinations(keys, 2) for keys in by_word.values() if len(keys) > 1
        )
    )
    return {pair for pair, words in equal.items() if words >= _IN_COMMON}


def _apart(one: CellLabels, other: CellLabels, query: Query) -> bool:
    """Return whether nobody can be in both, by their labels."""
    for place in query.single_label_indices:
        dimension, labels = query.dimensions[place], (one[place], other[place])
        above, beside = (
            {
                label,
                ALL,
                *(dimension.ancestors(label) if isinstance(label, str) else ()),
            }
            for label in labels
        )
        if labels[0] not in beside and labels[1] not in above:
            return True
    return False

"""
Rule ``differencing`` within one release: no two cells have almost the same subjects.

If a subject may be in several cells, two of them can differ by few: every subject has a
row in the north and one in the south, but one subject has none in the south.  And the
subjects of some cells, added up, may be few more than those of their total: the excess
counts the subjects that are in two cells.  If every dimension has one label per
subject, neither can happen.

Equal words of fingerprints lead to candidates: two sets that differ by fewer than k
subjects have many words in common.
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
    from collections.abc import Callable, Container, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cleanroom_join.contract import CellLabels, Policy, Query
    from cleanroom_join.disclosure.model.cell import CellStatistics
    from cleanroom_join.disclosure.model.fingerprint import Fingerprint
    from cleanroom_join.disclosure.model.layout import Aggregate, Layout
    from cleanroom_join.disclosure.model.signature import CellSignature

__all__ = ["near_duplicates", "overlap_revealing_sets"]

_COMPARED_WORDS = range(0, FINGERPRINT_WORDS, 2)
"""Indices of the words that are compared to find candidates."""

_MIN_EQUAL_WORDS = 3
"""
Fewest of these words that two candidates have in common.

Of two sets of k or more subjects that differ by fewer than k, a third of the subjects
are in both, most of them alone in their word: of 100 subjects and 99 differences, some
46 words are equal and not empty, 23 of them among the compared ones.  Fewer than three
are with a probability of 4e-11 (binomial: 51 subjects, each seen with a probability of
0.45).
"""

_MAX_SPARSE_K = 2 * FINGERPRINT_WORDS
"""Above this k, words have so many subjects each that hardly any are equal."""


def near_duplicates(
    new: AbstractSet[CellLabels],
    repeated: Mapping[CellLabels, CellSignature],
    signatures: Mapping[CellLabels, CellSignature | None],
    query: Query,
    policy: Policy,
    loss: Callable[[CellLabels], tuple[int, str]],
) -> frozenset[CellLabels]:
    """
    Return the cells whose present figures must not be published beside others.

    Args:
        new: Cells whose present figures would be published.
        repeated: Cells that would show the figures of their last release, with the
            signatures they had then.
        signatures: Present signature of each cell.
        query: The query.
        policy: Its k is the fewest subjects that two figures may differ by.  The
            numbers of subjects of two cells only show a net difference, so for these
            m is enough.
        loss: What suppressing a cell loses; of two close cells the cheaper goes.
    """
    if query.one_cell_per_subject:
        return frozenset()
    published = {
        labels: signature
        for labels in new
        if (signature := signatures.get(labels)) is not None
    }
    published |= repeated
    suppressed: set[CellLabels] = set()
    for one, other in sorted(_close_pairs(published, query, policy), key=repr):
        candidates = {one, other} & new - suppressed
        if candidates and not {one, other} & suppressed:
            suppressed.add(min(candidates, key=loss))
    return frozenset(suppressed)


def overlap_revealing_sets(
    layout: Layout,
    published: AbstractSet[CellLabels],
    cells: Mapping[CellLabels, CellStatistics],
    query: Query,
    k: int,
) -> Iterator[tuple[CellLabels, tuple[CellLabels, ...]]]:
    """
    Yield aggregates with parts that have a few more subjects together than they have.

    The excess counts how often a subject is in one more of the parts; it may be one
    subject.  The parts are the leaves below an aggregate, or the aggregates of one
    level below it, with the leaves below none of these.
    """
    if query.one_cell_per_subject:
        return
    joined = query.subjects[0].label
    subjects = {c: cells[c].subjects[joined].subjects for c in published}
    by_level = [[a for a in at if a.labels in published] for at in layout.by_level]
    levels = [level for level in by_level if level]
    for level in levels:
        for aggregate in level:
            for parts in _published_parts(aggregate, levels, subjects):
                excess = sum(subjects[x] for x in parts) - subjects[aggregate.labels]
                if 0 < excess < k:
                    yield aggregate.labels, parts


def _published_parts(
    aggregate: Aggregate,
    levels: list[list[Aggregate]],
    published: Container[CellLabels],
) -> Iterator[tuple[CellLabels, ...]]:
    """
    Yield sets of published parts that an aggregate consists of.

    Args:
        aggregate: A published aggregate.
        levels: The published aggregates of each level.
        published: The published cells.
    """
    for finer in ([], *levels):
        below = [a for a in finer if a.leaves < aggregate.leaves]
        if finer and not below:
            continue
        uncovered = aggregate.leaves.difference(*(a.leaves for a in below))
        if all(leaf in published for leaf in uncovered):
            yield (*uncovered, *(a.labels for a in below))


def _close_pairs(
    published: Mapping[CellLabels, CellSignature], query: Query, policy: Policy
) -> Iterator[tuple[CellLabels, CellLabels]]:
    """Yield the pairs of cells that few subjects tell apart, in some facet."""
    by_facet: dict[str, dict[CellLabels, Fingerprint]] = {}
    for labels, signature in published.items():
        for facet, fingerprint in signature.facets.items():
            by_facet.setdefault(facet, {})[labels] = fingerprint
    # A candidate in one facet is one in all: if nearly all subjects of two cells
    # contribute something else to each, only the facet of subjects shows the pair.
    if policy.min_cohort > _MAX_SPARSE_K:
        pairs = set(combinations(sorted(published, key=repr), 2))
    else:
        pairs = set().union(*map(_candidates, by_facet.values()))
    pairs = {pair for pair in pairs if not _are_disjoint(*pair, query)}
    close = set()
    for facet, prints in by_facet.items():
        fewest = policy.min_opposite if facet == SUBJECTS else policy.min_cohort
        for one, other in pairs:
            both = one in prints and other in prints
            if both and differs_by_fewer_than(fewest, prints[one], prints[other]):
                close.add((one, other))
    yield from close


def _candidates(
    prints: Mapping[CellLabels, Fingerprint],
) -> set[tuple[CellLabels, CellLabels]]:
    """Return the pairs of cells that have some nonzero words in common."""
    by_word: dict[tuple[int, int], list[CellLabels]] = {}
    for labels, fingerprint in sorted(prints.items(), key=lambda item: repr(item[0])):
        words = words_of(fingerprint.words).tolist()
        for index in _COMPARED_WORDS:
            if words[index]:
                by_word.setdefault((index, words[index]), []).append(labels)
    equal_words = Counter(
        chain.from_iterable(
            combinations(cells, 2) for cells in by_word.values() if len(cells) > 1
        )
    )
    return {pair for pair, n in equal_words.items() if n >= _MIN_EQUAL_WORDS}


def _are_disjoint(one: CellLabels, other: CellLabels, query: Query) -> bool:
    """Return whether no subject can be in both cells, by their labels."""
    for index in query.single_label_indices:
        dimension, labels = query.dimensions[index], (one[index], other[index])
        above_one, above_other = (
            {
                label,
                ALL,
                *(dimension.ancestors(label) if isinstance(label, str) else ()),
            }
            for label in labels
        )
        if labels[0] not in above_other and labels[1] not in above_one:
            return True
    return False

"""
The least loss of a table: every choice of cells is tried, the cheapest first.

Written apart from the guard: safety is what an attacker with exact figures finds, and
no choice is left out unless a cheaper one is safe.
"""

from __future__ import annotations

import heapq
from functools import cache
from types import SimpleNamespace

from cleanroom_join.disclosure import Rule
from tests.reference.attackers import Adder, count_intervals
from tests.reference.levels import cells_containing

K = 100
NARROW = 1e-4


def classes_of(sizes, query):
    """
    Return the cells with k subjects, the most wanted first.

    Those that the output prefers, in its order; then totals that keep one dimension or
    none; then leaves and all other totals.

    Args:
        sizes: Subjects of every cell.
        query: What is asked, without coarser labels.
    """
    names = [dimension.name for dimension in query.dimensions]
    preferred = query.output.prefer
    wanted = {}
    for labels, n in sizes.items():
        kept = tuple(n for n, x in zip(names, labels, strict=True) if x != "(all)")
        if kept in preferred:
            rank = preferred.index(kept) - len(preferred)
        else:
            rank = int(len(kept) > 1 or len(kept) == len(names))
        if n >= K:
            wanted.setdefault(rank, []).append(labels)
    return [sorted(wanted[rank]) for rank in sorted(wanted)]


def sizes_of(counts, query):
    """Return the subjects of every cell."""
    sizes = {}
    for leaf, n in counts.items():
        if n:
            for labels in cells_containing(leaf, query):
                sizes[labels] = sizes.get(labels, 0) + n
    return sizes


def safety(counts, query):
    """
    Return a function that says whether cells may be published together.

    Every suppressed leaf must be uncertain by k, and so must every total below k; and
    suppressed leaves whose sum is derivable must be several, and k subjects.
    """
    leaves = [leaf for leaf, n in counts.items() if n]
    small = [labels for labels, n in sizes_of(counts, query).items() if n < K]

    @cache
    def is_safe(published):
        table = SimpleNamespace(
            published=[SimpleNamespace(labels=labels) for labels in sorted(published)],
            suppressed=[
                SimpleNamespace(labels=labels, rule=Rule.THRESHOLD) for labels in small
            ],
        )
        for some in Adder(table, leaves, query).derivable_sets():
            if len(some) == 1 or sum(counts[leaf] for leaf in some) < K:
                return False
        intervals = count_intervals(counts, table, query)
        return all(high - low >= K - NARROW for low, high in intervals.values())

    return is_safe


def least_losses(classes, published, is_safe, loss):
    """
    Return the least loss of each class, with the published cells of earlier classes.

    A choice counts if some choice of later classes makes it safe.  To publish fewer
    totals never makes anything less safe, but to publish another leaf may make it safe.

    Args:
        classes: Cells, the most wanted first.
        published: What is published, which decides the earlier classes of each.
        is_safe: Whether a set of cells may be published.
        loss: What each cell costs.
    """
    found, earlier = [], frozenset()
    for number, cells in enumerate(classes):
        later = [
            cell
            for some in classes[number + 1 :]
            for cell in some
            if "(all)" not in cell
        ]
        found.append(
            next(
                cost
                for cost, some in _by_loss(cells, loss)
                if any(
                    is_safe(earlier.union(cells, later) - some - others)
                    for _, others in _by_loss(later, loss)
                )
            )
        )
        earlier |= published & set(cells)
    return tuple(found)


def loss_of(classes, published, loss):
    """Return what a choice of cells loses of each class."""
    return tuple(
        sum(loss[cell] for cell in cells if cell not in published) for cells in classes
    )


def _by_loss(cells, loss):
    """Yield every set of cells with its loss, the least first."""
    order = sorted(cells, key=loss.__getitem__)
    yield 0, frozenset()
    waiting = [(loss[order[0]], (0,))] if order else []
    while waiting:
        cost, chosen = heapq.heappop(waiting)
        yield cost, frozenset(order[i] for i in chosen)
        last = chosen[-1]
        if last + 1 < len(order):
            more = loss[order[last + 1]]
            heapq.heappush(waiting, (cost + more, (*chosen, last + 1)))
            other = cost - loss[order[last]] + more
            heapq.heappush(waiting, (other, (*chosen[:-1], last + 1)))

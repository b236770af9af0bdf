"""Which cells a row or a leaf is part of: itself, coarser cells and totals."""

from __future__ import annotations

import itertools

from tests.reference.guard_reference import label


def cells_containing(leaf, query):
    """Return the labels of a leaf, and of every coarser cell and total above it."""
    return {*_coarser(leaf, query), *_totals(leaf, query)}


def _coarser(leaf, query):
    """Return every combination of a label with any label above it."""
    choices = [
        [label, *dimension.ancestors(label)] if isinstance(label, str) else [label]
        for label, dimension in zip(leaf, query.dimensions, strict=True)
    ]
    return itertools.product(*choices)


def _totals(leaf, query):
    """Return the totals above a leaf."""
    names = [d.name for d in query.dimensions]
    return [
        tuple(x if n in kept else "(all)" for n, x in zip(names, leaf, strict=True))
        for kept in query.output.totals
    ]


def contains(labels, leaf, query):
    """Return whether a leaf is part of a cell."""
    return all(
        label in (own, "(all)") or label in dimension.ancestors(own)
        for label, own, dimension in zip(labels, leaf, query.dimensions, strict=True)
    )


def leaf_of(row, query):
    """Return the labels of the leaf that a row is in."""
    found = [label(row[d.name], d.values) for d in query.dimensions]
    if not query.output.totals:
        return found
    return [str(x).lower() if isinstance(x, bool) else x for x in found]

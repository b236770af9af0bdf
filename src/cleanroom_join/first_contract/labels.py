"""The domain of a dimension, and the coarser labels that can be seen in it."""

from __future__ import annotations

import re
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import ALL, OTHER
from cleanroom_join.contract.terms.names import ANYTHING
from cleanroom_join.contract.terms.texts import imitates, readings, text_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["MOST_LABELS", "fit_labels", "fitting_parents", "prefix_parents"]

MOST_LABELS = 200
"""Labels of one dimension; a query of two such dimensions has too many cells."""
_CODE = re.compile(r"([A-Z]{1,3})[0-9][0-9A-Z. -]*|([0-9])[0-9]+")
"""A code of letters and digits, or of digits; its prefix is a group."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


def fit_labels(values: Iterable[str]) -> tuple[str, ...]:
    """
    Return the values that a contract can have as labels, in alphabetical order.

    Left out are values that a contract refuses: unprintable, with blanks around them,
    like another label, or like ``(other)``, ``(all)`` or NULL.

    Args:
        values: Values of at least k subjects each.

    Examples:
        >>> fit_labels(["south", "north", " north", "(all)", "NORTH"])
        ('NORTH', 'south')
    """
    kept: list[str] = []
    taken: set[str] = set()
    for value in sorted(set(values)):
        if _is_label(value) and not readings(value) & taken:
            kept.append(value)
            taken |= readings(value)
    return tuple(kept)


def _is_label(text: str) -> bool:
    """Return whether a text can be a label by itself."""
    fits = ANYTHING.fits(text) and text_fault(text) is None
    return fits and text not in (OTHER, ALL) and not imitates(text)


def prefix_parents(labels: Sequence[str]) -> Mapping[str, str]:
    """
    Return the group of each code by its prefix; nothing if these are no codes.

    The group of I10 and I21 is ``I*``.  A code that is alone in its group has none:
    there is nothing to merge it with.

    Examples:
        >>> dict(prefix_parents(["I10", "I21", "J18", "J44", "K35"]))
        {'I10': 'I*', 'I21': 'I*', 'J18': 'J*', 'J44': 'J*'}
        >>> dict(prefix_parents(["basic", "plus"]))
        {}
    """
    found = {label: _CODE.fullmatch(label) for label in labels}
    prefixes = {
        label: f"{match[1] or match[2]}*" for label, match in found.items() if match
    }
    sizes = Counter(prefixes.values())
    groups = {label: prefix for label, prefix in prefixes.items() if sizes[prefix] > 1}
    if len(prefixes) < len(labels) or len(sizes) == 1:
        return _NOTHING
    return fitting_parents(labels, groups)


def fitting_parents(
    labels: Sequence[str], groups: Mapping[str, str]
) -> Mapping[str, str]:
    """
    Return coarser labels if a contract can have all of them, else none.

    They must be fewer than the labels, and look like none of them and like each other
    only if they are the same.
    """
    coarser = set(groups.values())
    if not coarser or len(coarser) >= len(labels):
        return _NOTHING
    taken = {reading for label in labels for reading in readings(label)}
    if fit_labels(coarser) != tuple(sorted(coarser)):
        return _NOTHING
    if any(readings(label) & taken for label in coarser):
        return _NOTHING
    return MappingProxyType(
        {label: groups[label] for label in labels if label in groups}
    )

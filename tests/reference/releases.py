"""
Differences between releases, by true sets of subjects: no fingerprints, no guard.

A set is an integer with four bits per subject, of which one is set: which one says what
the subject contributes.  A reader adds cells up, and subtracts them from totals; so a
statement is a list of sets, and the difference of two statements is about the subjects
that the two lists do not count equally often.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

from tests.reference.levels import cells_containing

KINDS = 4
"""How many different contributions a subject may have."""


def bits(contributions):
    """Return subjects, and what each of them contributes, as a number."""
    number = bytearray(KINDS * max(contributions, default=0) // 8 + 1)
    for subject, contribution in contributions.items():
        bit = KINDS * subject + contribution
        number[bit // 8] |= 1 << bit % 8
    return int.from_bytes(number, "little")


def counted_differently(some, others):
    """Return how many subjects two lists of sets do not count equally often."""
    if some == others:
        return 0
    pairs = itertools.zip_longest(_times(some), _times(others), fillvalue=0)
    differ = 0
    for one, other in pairs:
        differ |= one ^ other
    size = differ.bit_length() // 8 + 1
    anything = differ | differ >> 1 | differ >> 2 | differ >> 3
    return (anything & int.from_bytes(b"\x11" * size, "little")).bit_count()


def _times(sets):
    """Return how often each subject is in some sets, as binary digits."""
    digits = []
    for one in sets:
        carry, digit = one, 0
        while carry:
            if digit == len(digits):
                digits.append(0)
            digits[digit], carry = digits[digit] ^ carry, digits[digit] & carry
            digit += 1
    return digits


@dataclass
class Shown:
    """One release: the subjects behind each published cell, whenever it was computed."""

    query: object
    sets: dict
    new: set
    """Labels of the cells that no earlier release showed of just these subjects."""
    leaves: set
    sums: dict = field(default_factory=dict)
    """By marginal, the cells beneath it: one set of labels per way to add up."""

    def __post_init__(self):
        """Find every sum of leaves, of merged cells, and of totals of one kind."""
        kinds = {}
        for key in self.sets:
            kept = tuple(label != "(all)" for label in key)
            kinds.setdefault(kept, []).append(key)
        for keys in kinds.values():
            plain = [k for k in keys if k in self.leaves] or [
                k for k in keys if not self._merged(k)
            ]
            merged = [k for k in keys if self._merged(k)]
            cover = merged + [
                k for k in plain if not set(merged) & set(map(tuple, self._above(k)))
            ]
            for way in {tuple(plain), tuple(cover)} - {()}:
                self._add_up(way)

    def _merged(self, key):
        """Return whether a cell has a coarser label."""
        return any(
            label in dimension.parents.values()
            for label, dimension in zip(key, self.query.dimensions, strict=True)
        )

    def under(self, query):
        """Return the same cells and ways to add up, below the labels of a query."""
        names, own = (
            [d.name.lower() for d in each.dimensions] for each in (query, self.query)
        )
        if names != own:
            return self
        other = replace(self, query=query, sums={})
        other.sums.clear()
        for way in {keys for ways in self.sums.values() for keys in ways}:
            other._add_up(way)
        return other

    def _above(self, key):
        """Yield the labels of all cells that are coarser in some dimension."""
        choices = [
            [label]
            if label == "(all)"
            else [label, *dimension.ancestors(label), "(all)"]
            for label, dimension in zip(key, self.query.dimensions, strict=True)
        ]
        return (line for line in itertools.product(*choices) if line != key)

    def _add_up(self, keys):
        """Add one way to add up to every marginal above these cells."""
        lines = {}
        for key in keys:
            for line in self._above(key):
                lines.setdefault(line, []).append(key)
        for line, beneath in lines.items():
            self.sums.setdefault(line, []).append(frozenset(beneath))

    def statements(self):
        """Yield (labels, sets, whether one of the sets is new)."""
        for key, subjects in self.sets.items():
            yield key, [subjects], key in self.new
        for line, ways in self.sums.items():
            for keys in ways:
                sets = [self.sets[key] for key in keys]
                yield line, sets, bool(self.new & keys)


def shown(query, table, leaves, earlier):
    """
    Return what a guarded table shows.

    Args:
        query: What was asked.
        table: The guarded table.
        leaves: The set of subjects of each leaf now, as a number.
        earlier: By run, what was shown then.
    """
    sets, new = {}, set()
    for cell in table.published:
        if cell.repeated_from is None:
            sets[cell.labels] = 0
            for leaf, subjects in leaves.items():
                if cell.labels in cells_containing(leaf, query):
                    sets[cell.labels] |= subjects
            if all(
                e.sets.get(cell.labels) != sets[cell.labels] for e in earlier.values()
            ):
                new.add(cell.labels)
        else:
            sets[cell.labels] = earlier[cell.repeated_from.run].sets[cell.labels]
    return Shown(query, sets, new, set(leaves) & set(sets))


def smallest_difference(earlier, later):
    """
    Return the fewest subjects, but some, by which two statements of two releases differ.

    We compare all cells and sums under all labels, sums of the cells that both
    releases show, and the residuals of totals and sums after subtracting such cells.  A
    statement without a new cell is not compared.  If the coarser labels of one release
    are others, we add up both below the labels of either.
    """
    found = [_smallest(earlier, later)]
    if earlier.query != later.query:
        found += [
            _smallest(earlier.under(query), later.under(query))
            for query in (earlier.query, later.query)
        ]
    return min((n for n in found if n), default=None)


def _smallest(earlier, later):
    """Return the smallest difference, with the sums that the releases have."""
    differences = [
        counted_differently(now, before)
        for (_, now, new), (_, before, _) in itertools.product(
            later.statements(), earlier.statements()
        )
        if new
    ]
    differences += _in_common(earlier, later)
    differences += _residuals(earlier, later)
    return min((n for n in differences if n), default=None)


def _in_common(earlier, later):
    """Yield by how much sums of the cells differ that both releases show."""
    for line, ways in later.sums.items():
        for keys, others in itertools.product(ways, earlier.sums.get(line, [])):
            common = sorted(keys & others, key=repr)
            if later.new & set(common):
                yield counted_differently(
                    [later.sets[key] for key in common],
                    [earlier.sets[key] for key in common],
                )


def _residuals(earlier, later):
    """
    Yield by how much residuals differ.

    A residual is a marginal's total, or the sum of the cells beneath it, less one or all
    of the cells that both releases show.
    """
    for line in later.sums.keys() & earlier.sums.keys():
        for keys, others in itertools.product(later.sums[line], earlier.sums[line]):
            common = sorted(keys & others, key=repr)
            for less in [common, *([key] for key in common)]:
                for (now, new), (before, _) in itertools.product(
                    _totals(later, line, keys, less),
                    _totals(earlier, line, others, less),
                ):
                    if new:
                        # Instead of subtracting on one side we add on the other.
                        yield counted_differently(
                            [*now, *(earlier.sets[key] for key in less)],
                            [*before, *(later.sets[key] for key in less)],
                        )


def _totals(release, line, keys, less):
    """Yield the totals of a marginal, and whether their residuals are new."""
    if line in release.sets:
        yield [release.sets[line]], bool(release.new & {line, *less})
    yield [release.sets[key] for key in keys], bool(release.new & (keys - set(less)))

"""
What several releases tell, by true sets of people: no fingerprints, no guard.

A set is a whole number with four bits per person, of which one is there: which one says
what the person contributes.  People add up cells, and subtract
them from totals; so a figure is a list of sets, and how many people two lists do not
count equally often is what the difference of their figures is about.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from tests.reference.statistics import items_of

KINDS = 4
"""How many different things a person may contribute."""


def bits(people):
    """Return people, and what each of them contributes, as a number."""
    number = bytearray(KINDS * max(people, default=0) // 8 + 1)
    for person, what in people.items():
        place = KINDS * person + what
        number[place // 8] |= 1 << place % 8
    return int.from_bytes(number, "little")


def counted_differently(some, others):
    """Return how many people contribute to a list of sets what they do not to another."""
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
    """Return how often each person is in some sets, as binary digits."""
    digits = []
    for people in sets:
        carry, place = people, 0
        while carry:
            if place == len(digits):
                digits.append(0)
            digits[place], carry = digits[place] ^ carry, digits[place] & carry
            place += 1
    return digits


@dataclass
class Shown:
    """One release: the people behind each figure, whenever it was computed."""

    asked: object
    sets: dict
    new: set
    """Keys of what was never shown, of just these people, in an earlier release."""
    leaves: set
    sums: dict = field(default_factory=dict)
    """By line, what is beneath it: one list of keys per way to add up."""

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
        return any(
            label in dimension.parents.values()
            for label, dimension in zip(key, self.asked.dimensions, strict=True)
        )

    def _above(self, key):
        """Yield every key that is coarser in some dimension, or a total over it."""
        choices = [
            [label]
            if label == "(all)"
            else [label, *dimension.ancestors(label), "(all)"]
            for label, dimension in zip(key, self.asked.dimensions, strict=True)
        ]
        return (line for line in itertools.product(*choices) if line != key)

    def _add_up(self, keys):
        lines = {}
        for key in keys:
            for line in self._above(key):
                lines.setdefault(line, []).append(key)
        for line, beneath in lines.items():
            self.sums.setdefault(line, []).append(frozenset(beneath))

    def facts(self):
        """Yield (line, sets, whether something of it is new)."""
        for key, who in self.sets.items():
            yield key, [who], key in self.new
        for line, ways in self.sums.items():
            for keys in ways:
                sets = [self.sets[key] for key in keys]
                yield line, sets, bool(self.new & keys)


def shown(asked, table, leaves, earlier):
    """
    Return what a guarded table shows.

    Args:
        asked: The question.
        table: The guarded table.
        leaves: The set of people of each leaf now, as a number.
        earlier: By run, what was shown then.
    """
    sets, new = {}, set()
    for cell in table.published:
        if cell.repeated_from is None:
            sets[cell.labels] = 0
            for leaf, who in leaves.items():
                if cell.labels in items_of(leaf, asked):
                    sets[cell.labels] |= who
            if all(
                e.sets.get(cell.labels) != sets[cell.labels] for e in earlier.values()
            ):
                new.add(cell.labels)
        else:
            sets[cell.labels] = earlier[cell.repeated_from.run].sets[cell.labels]
    return Shown(asked, sets, new, set(leaves) & set(sets))


def smallest_difference(earlier, later):
    """
    Return the fewest people, but some, that two releases of a question tell apart.

    Compared are all figures and sums, whatever they are about, sums of the cells that both
    show, and what is left of totals and sums less what is beneath them; what is not new
    at all tells nothing.
    """
    differences = [
        counted_differently(now, before)
        for (_, now, new), (_, before, _) in itertools.product(
            later.facts(), earlier.facts()
        )
        if new
    ]
    differences += _in_common(earlier, later)
    differences += _rests(earlier, later)
    return min((n for n in differences if n), default=None)


def _in_common(earlier, later):
    """Yield how the sums of those cells of a line differ that both releases show."""
    for line, ways in later.sums.items():
        for keys, others in itertools.product(ways, earlier.sums.get(line, [])):
            common = sorted(keys & others, key=repr)
            if later.new & set(common):
                yield counted_differently(
                    [later.sets[key] for key in common],
                    [earlier.sets[key] for key in common],
                )


def _rests(earlier, later):
    """
    Yield how wholes differ without one or all of the cells that both releases show.

    A whole is the total of a line, or the sum of cells beneath it.
    """
    for line in later.sums.keys() & earlier.sums.keys():
        for keys, others in itertools.product(later.sums[line], earlier.sums[line]):
            common = sorted(keys & others, key=repr)
            for less in [common, *([key] for key in common)]:
                for (now, new), (before, _) in itertools.product(
                    _wholes(later, line, keys, less),
                    _wholes(earlier, line, others, less),
                ):
                    if new:
                        # What is taken from one side is put on the other.
                        yield counted_differently(
                            [*now, *(earlier.sets[key] for key in less)],
                            [*before, *(later.sets[key] for key in less)],
                        )


def _wholes(release, line, keys, less):
    """Yield the wholes of a line, and whether what is left of them is new."""
    if line in release.sets:
        yield [release.sets[line]], bool(release.new & {line, *less})
    yield [release.sets[key] for key in keys], bool(release.new & (keys - set(less)))

"""
Perturbed figures again, from rows, written from docs/explanation/perturbation.md.

It shares with `cleanroom_join` the published ptable, and no other line: the draws,
their units and the figures are computed here anew, from rows.
"""

from __future__ import annotations

import hashlib
import hmac
from fractions import Fraction
from types import SimpleNamespace

from tests.reference.guard_reference import (
    amounts,
    distinct,
    label,
    read,
    rounded,
    valued,
)

WORD = 2**32


def record_key(subject):
    """Return a key of 32 bits for a made-up subject."""
    digest = hashlib.blake2b(str(subject).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")


def cell_key_of(subjects):
    """Return the cell key of these subjects."""
    return sum(map(record_key, set(subjects))) % WORD


def rows_by_cell(rows, group_by, domains):
    """Return the rows of each cell."""
    cells = {}
    for row in rows:
        key = tuple(label(row[name], domains[name]) for name in group_by)
        cells.setdefault(key, []).append(row)
    return cells


def reference_figures(cell, table, key, many_rows, **query):
    """
    Return the figures of a cell in output order.

    Args:
        cell: Its rows.
        table: The published ptable.
        key: The key of the noise.
        many_rows: Party and table with several rows per subject.
        query: As `guard_reference.reference_release` takes it.
    """
    return _Cell(cell, table, key, many_rows, SimpleNamespace(**query)).figures()


class _Cell:
    """The rows of one cell."""

    def __init__(self, rows, table, key, many_rows, q):
        columns = {m["column"] for m in q.measures if "min" in m}
        self.rows = [row | {name: read(row[name]) for name in columns} for row in rows]
        self.many_rows, self.q = many_rows, q
        self.table, self.key = table, key
        self.cell_key = cell_key_of(row[q.subjects[0]] for row in rows)

    def figures(self):
        """Return all figures, with noise."""
        size = distinct(self.rows, self.q.subjects[0])
        figures = [self.published_count("subjects", "", size)]
        figures += [self.figure(m) for m in self.q.measures]
        return tuple(map(Fraction, figures))

    def draws(self, kind, name, value):
        """Return the two draws of 32 bits of one quantity."""
        text = f'{{"cell":{self.cell_key},"of":["{kind}","{name}"],"value":"{value}"}}'
        digest = hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()
        return int(digest[:8], 16), int(digest[8:16], 16)

    def noise(self, draw, count):
        """Return the noise of a draw at a count."""
        for value, weight in self.table.weights(count):
            if draw < weight:
                return value
            draw -= weight
        raise AssertionError

    def count_with_noise(self, kind, name, count, worth=1):
        """Return a count with noise in steps of *worth*, before it is rounded."""
        floor = self.table.floor
        if count < floor:
            return count
        worth = max(min(worth, (count - floor) // self.table.bound), 1)
        draw, _ = self.draws(kind, name, count)
        return count + worth * self.noise(draw, floor + (count - floor) // worth)

    def published_count(self, kind, name, count, worth=1):
        """Return a count with noise, rounded by chance."""
        noisy = self.count_with_noise(kind, name, count, worth)
        if noisy < self.table.floor:
            return self.table.floor
        base = self.q.policy["rounding"]["count"]
        low = noisy // base * base
        _, draw = self.draws(kind, name, count)
        return low + base * (Fraction(draw, WORD) < Fraction(noisy - low, base))

    def largest(self, rows, amount):
        """Return the most that any subject of any kind has."""
        return max(
            abs(amount([row for row in rows if row[kind] == subject]))
            for kind in self.q.subjects
            for subject in {row[kind] for row in rows}
        )

    def figure(self, m):
        """Return the figure of one measure, with noise."""
        if m["function"] == "count":
            worth = self.largest(self.rows, len)
            return self.published_count("rows", self.many_rows, len(self.rows), worth)
        if m["function"] == "count_distinct":
            name = f"{self.many_rows}.{m['column']}_token"
            count = distinct(self.rows, m["column"])
            return self.published_count("subjects", name, count)
        value = self.mean(m)
        if m["function"] == "sum":
            rows = valued(self.rows, m)
            worth = self.largest(rows, len)
            value *= self.count_with_noise("rows", self.many_rows, len(rows), worth)
        return rounded(value, self.q.policy)

    def mean(self, m):
        """Return a mean or a rate, with noise, before it is rounded."""
        rows = valued(self.rows, m)
        if m["function"] == "rate":
            low, high, scale = 0, 1, 1
        else:
            scale = 10 ** m["scale"]
            low, high = m["min"] * scale, m["max"] * scale

        def units(some):
            """Return the sum of some rows, in units."""
            if m["function"] == "rate":
                return sum(row[m["column"]] for row in some)
            return int(sum(map(Fraction, amounts(some, m))) * scale)

        total, n = units(rows), len(rows)
        room = min(total - low * n, high * n - total)
        typical = Fraction(abs(total), n) * self.largest(rows, len)
        worth = max(self.largest(rows, units), typical)
        worth = min(worth, Fraction(room, self.table.bound + 1))
        draw, _ = self.draws("total", f"{self.many_rows}.{m['column']}", total)
        far = self.table.floor + self.table.bound
        return Fraction(total + worth * self.noise(draw, far)) / n / scale

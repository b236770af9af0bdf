"""
Bounded contributions again, from rows, written from docs/explanation/perturbation.md.

Sums are fractions here, a person's mean times the rows that count; the draw's bytes are
taken from its digits.  Only the published table of noise is shared.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from fractions import Fraction
from math import floor

from tests.reference.guard_reference import rounded
from tests.reference.statistics import _label, _read, items_of


def people_by_item(rows, asked, subject):
    """Return the rows of each person of every item, leaves and all above them."""
    found = defaultdict(lambda: defaultdict(list))
    for row in rows:
        leaf = [_label(row[d.name], d, asked) for d in asked.dimensions]
        for key in items_of(leaf, asked):
            found[key][row[subject]].append(row)
    return found


def rounding_seed(person):
    """Return the CRC-32 of a name, bit by bit; of a token, of its digits."""
    remainder = 0xFFFFFFFF
    for byte in str(person).split(":")[-1].encode():
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0xEDB88320 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


def counted(person, own, asked, most):
    """Return what a person's rows count for: rows, and per column values and their sum."""
    sums = {}
    for name, column in asked.columns.items():
        read = (_read(row[name], column) for row in own)
        units = [u for u, *_ in read if u is not None]
        values, total = min(len(units), most), Fraction(sum(units))
        if values < len(units):
            total = total / len(units) * values
            rest = total - floor(total)
            up = Fraction(rounding_seed(person) % len(units), len(units)) >= 1 - rest
            total = floor(total) + (rest > 0 and up)
        sums[name] = (values, int(total))
    return min(len(own), most), sums


def quantities(people, asked, most):
    """Return subjects, rows, and per column values and their sum, of one item."""
    rows, columns = 0, {name: [0, 0] for name in asked.columns}
    for person, own in people.items():
        n, sums = counted(person, own, asked, most)
        rows += n
        for name, (values, total) in sums.items():
            columns[name][0] += values
            columns[name][1] += total
    return len(people), rows, {name: tuple(pair) for name, pair in columns.items()}


class Noisy:
    """Figures of one item, with noise that covers one person."""

    def __init__(self, table, key, cell_key, most, policy):
        self.table, self.labels, self.cell_key = table, key, cell_key
        self.most, self.policy = most, policy

    def digits(self, kind, name, value):
        """Return the hexadecimal digits that decide one quantity's noise."""
        text = f'{{"cell":{self.cell_key},"of":["{kind}","{name}"],"value":"{value}"}}'
        return hmac.new(self.labels, text.encode(), hashlib.sha256).hexdigest()

    def size(self, step):
        """Return how noise in such steps is named."""
        variance = Fraction(self.policy.perturbation_variance)
        return f"{step} x {variance} to {self.policy.max_noise}"

    def noise(self, digits, step):
        """Return steps from a table's row far from the floor, and a place within one."""
        left, steps = int(digits[:8], 16), None
        for number, weight in self.table.weights(self.table.floor + self.table.bound):
            if left < weight:
                steps = number
                break
            left -= weight
        place = floor(Fraction(int(digits[16:32], 16), 2**64) * step)
        return step * steps + place - Fraction(step - 1, 2)

    def rows(self, count, label, table):
        """Return a count of rows, or of subjects if nobody has several, and its digits."""
        if self.most == 1:
            digits = self.digits("subjects", label, count)
        else:
            digits = self.digits(f"rows, {self.size(self.most)}", table, count)
        return max(count + self.noise(digits, self.most), self.table.floor), digits

    def published(self, noisy, digits):
        """Return a count as one of the two multiples around, from the floor."""
        base = self.policy.count_base
        noisy = max(noisy, self.table.floor)
        low = floor(noisy / base) * base
        return low + base * (
            Fraction(int(digits[8:16], 16), 2**32) < (noisy - low) / base
        )

    def subjects(self, count, label):
        """Return a published number of subjects."""
        digits = self.digits("subjects", label, count)
        return self.published(count + self.noise(digits, 1), digits)

    def column(self, column, path, pair, label, table):
        """Return the rows with a value and the total, both with noise."""
        low, high = column.unit_bounds
        rows, _ = self.rows(pair[0], label, table)
        step = self.most * max(abs(low), abs(high))
        digits = self.digits(f"total, {self.size(step)}", path, pair[1])
        noisy = pair[1] + self.noise(digits, step)
        return rows, max(min(noisy, high * rows), low * rows) / 10**column.scale

    def figure(self, value):
        """Return a published mean, rate or sum."""
        return rounded(value, {"rounding": {"rate_digits": self.policy.rate_digits}})

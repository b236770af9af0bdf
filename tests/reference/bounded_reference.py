"""
Bounded contributions again, from rows, written from docs/explanation/perturbation.md.

Sums are fractions here: a subject's mean times the rows that count.  The draw's bytes are
taken from its digits.  Only the published ptable is shared.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from fractions import Fraction
from math import floor

from tests.reference.contributions import units_of
from tests.reference.guard_reference import rounded
from tests.reference.levels import cells_containing, leaf_of


def rows_by_subject(rows, query, subject):
    """Return the rows of each subject of every cell, of leaves and all above them."""
    found = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for labels in cells_containing(leaf_of(row, query), query):
            found[labels][row[subject]].append(row)
    return found


def rounding_seed(subject):
    """Return the CRC-32 of a name, bit by bit; of a token, of its digits."""
    remainder = 0xFFFFFFFF
    for byte in str(subject).split(":")[-1].encode():
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0xEDB88320 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


def contribution(subject, own, query, most):
    """Return how many rows a subject counts for, and per column values and their sum."""
    sums = {}
    for name, column in query.columns.items():
        read = (units_of(row[name], column) for row in own)
        units = [u for u in read if u is not None]
        values, total = min(len(units), most), Fraction(sum(units))
        if values < len(units):
            total = total / len(units) * values
            rest = total - floor(total)
            seed = rounding_seed(subject)
            up = Fraction(seed % len(units), len(units)) >= 1 - rest
            total = floor(total) + (rest > 0 and up)
        sums[name] = (values, int(total))
    return min(len(own), most), sums


def quantities(by_subject, query, most):
    """Return subjects, rows, and per column values and their sum, of one cell."""
    rows, columns = 0, {name: [0, 0] for name in query.columns}
    for subject, own in by_subject.items():
        n, sums = contribution(subject, own, query, most)
        rows += n
        for name, (values, total) in sums.items():
            columns[name][0] += values
            columns[name][1] += total
    return len(by_subject), rows, {name: tuple(pair) for name, pair in columns.items()}


class BoundedNoise:
    """Figures of one cell, with noise scaled to one subject's largest contribution."""

    def __init__(self, table, key, cell_key, most, policy):
        self.table, self.key, self.cell_key = table, key, cell_key
        self.most, self.policy = most, policy

    def digits(self, kind, name, value):
        """Return the hexadecimal digits that decide one quantity's noise."""
        text = f'{{"cell":{self.cell_key},"of":["{kind}","{name}"],"value":"{value}"}}'
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def size(self, step):
        """Return the name of noise in such steps."""
        variance = Fraction(self.policy.perturbation_variance)
        return f"{step} x {variance} to {self.policy.max_noise}"

    def noise(self, digits, step):
        """Return steps from a row of the ptable far from the floor, and a remainder."""
        left, steps = int(digits[:8], 16), None
        for number, weight in self.table.weights(self.table.floor + self.table.bound):
            if left < weight:
                steps = number
                break
            left -= weight
        within = floor(Fraction(int(digits[16:32], 16), 2**64) * step)
        return step * steps + within - Fraction(step - 1, 2)

    def rows(self, count, label, table):
        """Return a count of rows, or of subjects if none has several, and its digits."""
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

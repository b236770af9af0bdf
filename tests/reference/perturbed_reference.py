"""
Perturbed figures again, from rows, written from docs/explanation/perturbation.md.

It shares with `cleanroom_join` the published table of noise, and no other line: what
is drawn, in which units, and what is made of it is worked out here anew, from rows.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from fractions import Fraction
from types import SimpleNamespace

from tests.reference.guard_reference import distinct, label, rounded, total, valued

WORD = 2**32


def record_key(subject):
    """Return a key of 32 bits for a made-up subject."""
    digest = hashlib.blake2b(str(subject).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")


def key_of(subjects):
    """Return the key of a cell of these subjects."""
    return sum(map(record_key, set(subjects))) % WORD


def rows_by_cell(rows, group_by, domains):
    """Return the rows of each cell."""
    cells = {}
    for row in rows:
        key = tuple(label(row[name], domains[name]) for name in group_by)
        cells.setdefault(key, []).append(row)
    return cells


def reference_figures(cell, table, key, rows_of, **question):
    """
    Return the figures of a cell in output order.

    Args:
        cell: Its rows.
        table: The published table of noise.
        key: The key of the noise.
        rows_of: Name of the table that has several rows per subject.
        question: As `guard_reference.reference_release` takes it.
    """
    q = SimpleNamespace(**question)
    mine = key_of(row[q.subjects[0]] for row in cell)
    base = q.policy["rounding"]["count"]

    def draws(kind, name, value):
        text = f'{{"cell":{mine},"of":["{kind}","{name}"],"value":"{value}"}}'
        digest = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return int(digest[:8], 16), int(digest[8:16], 16)

    def noise(place, count):
        for value, weight in table.weights(count):
            if place < weight:
                return value
            place -= weight
        raise AssertionError

    def count_with_noise(kind, name, count, worth=1):
        if count < table.floor:
            return count
        worth = max(min(worth, (count - table.floor) // table.bound), 1)
        room = table.floor + (count - table.floor) // worth
        return count + worth * noise(draws(kind, name, count)[0], room)

    def published_count(kind, name, count, worth=1):
        noisy = count_with_noise(kind, name, count, worth)
        if noisy < table.floor:
            return table.floor
        low = noisy // base * base
        chance = Fraction(noisy - low, base)
        up = Fraction(draws(kind, name, count)[1], WORD) < chance
        return low + base * up

    def per_subject(rows, amount):
        people = [{row[s] for row in rows} for s in q.subjects]
        return max(
            abs(amount([row for row in rows if row[s] == person]))
            for s, those in zip(q.subjects, people, strict=True)
            for person in those
        )

    def column(m):
        rows = valued(cell, m)
        if m["function"] == "rate":
            low, high, scale = 0, 1, 1
            add_up = lambda some: sum(row[m["column"]] for row in some)  # noqa: E731
        else:
            scale = 10 ** m["scale"]
            low, high = m["min"] * scale, m["max"] * scale
            add_up = lambda some: int(total(some, m) * scale)  # noqa: E731
        whole = add_up(rows)
        room = min(whole - low * len(rows), high * len(rows) - whole)
        part = per_subject(rows, add_up)
        weight = Fraction(abs(whole), len(rows)) * per_subject(rows, len)
        worth = min(max(part, weight), Fraction(room, table.bound + 1))
        place = draws("total", f"{rows_of}.{m['column']}", whole)[0]
        noisy = whole + worth * noise(place, table.floor + table.bound)
        mean = Fraction(noisy) / len(rows) / scale
        if m["function"] != "sum":
            return rounded(mean, q.policy)
        valued_rows = count_with_noise(
            "rows", rows_of, len(rows), per_subject(rows, len)
        )
        return rounded(mean * valued_rows, q.policy)

    def figure(m):
        if m["function"] == "count":
            return published_count("rows", rows_of, len(cell), per_subject(cell, len))
        if m["function"] == "count_distinct":
            of = f"{rows_of}.{m['column']}"
            return published_count("subjects", of, distinct(cell, m["column"]))
        return column(m)

    size = distinct(cell, q.subjects[0])
    figures = [published_count("subjects", q.subjects[0], size)]
    figures += [figure(m) for m in q.measures]
    return tuple(Fraction(math.floor(f) if isinstance(f, int) else f) for f in figures)

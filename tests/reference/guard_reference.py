"""
The guard again, by brute force over rows, written from its description alone.

It shares no line with `cleanroom_join`, so that the two can be compared cell by
cell.  Slow and plain on purpose: every rule reads like its sentence in the
design, every figure is exact.  It covers the rules that look at one cell or at one
table line (threshold, group disclosure, l-diversity, dominance, clamping), not
differencing or complementary suppression.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from types import SimpleNamespace

NOT_FINITE = "not finite"


def reference_release(rows: list[dict], **query: object) -> dict:
    """
    Return the figures of each published cell, and of the others the first reason.

    Args:
        rows: Joined rows, a dict each: None is NULL, NaN is a value that is refused.
        query: ``subjects``, the token columns, one per kind; ``group_by``, the
            dimensions; ``domains``, the declared values of each (those of a
            boolean are not read); ``measures``, dicts of name, function, column,
            type, min, max and scale; ``policy``, as in the contract's TOML, with
            the list ``sensitive`` of dimensions.
    """
    q = SimpleNamespace(**query)
    cells: dict[tuple, list[dict]] = {}
    read_columns = {m["column"] for m in q.measures if "min" in m}
    for given in rows:
        row = given | {name: read(given[name]) for name in read_columns}
        key = tuple(label(row[name], q.domains[name]) for name in q.group_by)
        cells.setdefault(key, []).append(row)
    rules = {
        "threshold": lambda key: too_small(cells[key], q),
        "group_disclosure": lambda key: one_sided(cells[key], q),
        "l_diversity": lambda key: uniform(key, cells, q),
        "dominance": lambda key: dominated(cells[key], q),
        "clamping": lambda key: out_of_bounds(cells[key], q),
    }
    reasons = {key: [r for r, fires in rules.items() if fires(key)] for key in cells}
    return {k: reasons[k][0] if reasons[k] else figures(cells[k], q) for k in cells}


def label(value: object, domain: list) -> object:
    """Return the name a value has in the release."""
    if value is None or isinstance(value, bool):
        return value
    return str(value) if str(value) in map(str, domain) else "(other)"


def distinct(rows: list[dict], subject: str) -> int:
    """Count the subjects of a kind."""
    return len({row[subject] for row in rows if row[subject] is not None})


def read(value: object) -> object:
    """Return None, `NOT_FINITE`, a boolean, or the exact number as it stands."""
    if value is None or isinstance(value, bool):
        return value
    return Decimal(str(value)) if math.isfinite(value) else NOT_FINITE


def valued(rows: list[dict], measure: dict) -> list[dict]:
    """Return the rows that have a value of a measure."""
    column = measure["column"]
    return [row for row in rows if row[column] not in (None, NOT_FINITE)]


def where(rows: list[dict], measure: dict, side: object) -> list[dict]:
    """Return the rows on one side of a rate."""
    column = measure["column"]
    return [row for row in rows if row[column] is side]


def amounts(rows: list[dict], measure: dict) -> list[Decimal]:
    """Return the values, clamped and quantised."""
    low, high = limits(measure)
    scale, column = measure.get("scale") or 0, measure["column"]
    return [kept(row[column], low, high, scale) for row in valued(rows, measure)]


def limits(measure: dict) -> tuple[Decimal, Decimal]:
    """Return the declared bounds of a measure."""
    return Decimal(str(measure["min"])), Decimal(str(measure["max"]))


@cache
def kept(value: Decimal, low: Decimal, high: Decimal, scale: int) -> Decimal:
    """Clamp and quantise one value."""
    unit = Decimal(1).scaleb(-scale)
    return max(low, min(high, value)).quantize(unit, ROUND_HALF_UP)


def too_small(cell: list[dict], q: SimpleNamespace) -> bool:
    """Rule `threshold`."""
    read_measures = [m for m in q.measures if m["function"] in ("sum", "mean", "rate")]
    bases = [cell, *(valued(cell, m) for m in read_measures)]
    return any(
        distinct(b, s) < q.policy["min_cohort"] for b in bases for s in q.subjects
    )


def one_sided(cell: list[dict], q: SimpleNamespace) -> bool:
    """Rule `group_disclosure`; a subject may stand on both sides."""
    sides = []
    for m in q.measures:
        if m["function"] == "rate":
            sides += [where(cell, m, side) for side in (True, False)]
        if m["function"] in ("sum", "mean"):
            low, high = limits(m)
            both = list(zip(valued(cell, m), amounts(cell, m), strict=True))
            sides.append([row for row, amount in both if amount > low])
            sides.append([row for row, amount in both if amount < high])
    return any(
        distinct(side, s) < q.policy["min_opposite"]
        for side in sides
        for s in q.subjects
    )


def uniform(key: tuple, cells: dict, q: SimpleNamespace) -> bool:
    """Rule `l_diversity`, along each table line of the cell."""
    for i in [q.group_by.index(name) for name in q.policy.get("sensitive", [])]:
        line = [k for k in cells if k[:i] + k[i + 1 :] == key[:i] + key[i + 1 :]]
        sizes = [min(distinct(cells[k], s) for s in q.subjects) for k in line]
        if sum(n >= q.policy["min_opposite"] for n in sizes) < q.policy["l_diversity"]:
            return True
    return False


def contributions(rows: list[dict], q: SimpleNamespace) -> list[Decimal | int]:
    """Return what one subject's rows contribute to each figure, in fixed order."""
    result: list[Decimal | int] = [len(rows)]
    for m in q.measures:
        if m["function"] in ("sum", "mean"):
            result.append(abs(sum(amounts(rows, m), Decimal())))
        if m["function"] in ("sum", "mean", "rate"):
            result.append(len(valued(rows, m)))
        if m["function"] == "rate":
            result += [len(where(rows, m, side)) for side in (True, False)]
    return result


def dominated(cell: list[dict], q: SimpleNamespace) -> bool:
    """Rule `dominance`; the rows without a subject are one contributor."""
    n, share, p = (q.policy["dominance"][key] for key in ("n", "share", "p_percent"))
    for subject in q.subjects:
        rows_of: dict[object, list[dict]] = {}
        for row in cell:
            rows_of.setdefault(row[subject], []).append(row)
        vectors = [contributions(rows, q) for rows in rows_of.values()]
        for column in zip(*vectors):  # noqa: B905 - equal lengths by construction
            first, second, *_ = [*sorted(column, reverse=True), 0]
            total, top = sum(column), first + second * (n == 2)
            if total > 0 and top >= Decimal(str(share)) * total:
                return True
            if (total - first - second) * 100 < p * first:
                return True
    return False


def out_of_bounds(cell: list[dict], q: SimpleNamespace) -> bool:
    """Rule `clamping`."""
    for m in [m for m in q.measures if m["function"] in ("sum", "mean")]:
        low, high = limits(m)
        values = [row[m["column"]] for row in valued(cell, m)]
        allowed = Fraction(str(q.policy["max_clamped_share"])) * len(values)
        if sum(not low <= value <= high for value in values) > allowed:
            return True
        if NOT_FINITE in [row[m["column"]] for row in cell]:
            return True
    return False


def figures(cell: list[dict], q: SimpleNamespace) -> dict:
    """Return the rounded figures of a cell that passed every rule."""
    size = distinct(cell, q.subjects[0])
    result: dict = {"cohort_size": rounded_count(size, q.policy)}
    for m in q.measures:
        if m["function"] in ("count", "count_distinct"):
            rows = m["function"] == "count"
            figure = len(cell) if rows else distinct(cell, m["column"])
            result[m["name"]] = rounded_count(figure, q.policy)
        else:
            rate = m["function"] == "rate"
            figure = len(where(cell, m, True)) if rate else sum(amounts(cell, m))
            parts = 1 if m["function"] == "sum" else len(valued(cell, m))
            result[m["name"]] = rounded(Fraction(figure) / parts, q.policy)
    return result


def rounded_count(count: int, policy: dict) -> int:
    """Round to the nearest multiple, ties up, but not under the threshold."""
    base = policy["rounding"]["count"]
    nearest = math.floor(Fraction(count, base) + Fraction(1, 2)) * base
    return max(nearest, math.ceil(Fraction(policy["min_cohort"], base)) * base)


def rounded(value: Fraction, policy: dict) -> Fraction:
    """Round to significant digits, ties to even; zero stays."""
    power = Fraction(1)
    while value and abs(value) >= power * 10:
        power *= 10
    while value and abs(value) < power:
        power /= 10
    unit = power / 10 ** (policy["rounding"]["rate_digits"] - 1)
    return round(value / unit) * unit

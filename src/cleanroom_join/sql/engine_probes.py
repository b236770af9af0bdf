"""
Probes: what an engine must do if its figures are to be relied on.

The room sums whole numbers: an engine that wraps a sum, or returns NULL for it as
Spark does without ANSI, gives a wrong figure that looks right.  And it compares hashes
of this run with those of earlier ones: if one subject has two, no cell looks near.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PROBES", "Outcome", "Probe", "RaisesOverflow", "Returns", "probe_statement"]


@dataclass(frozen=True, slots=True)
class Returns:
    """The expression has a value."""

    value: object


@dataclass(frozen=True, slots=True)
class RaisesOverflow:
    """The expression is an error: its value has no place in its type."""


Outcome = Returns | RaisesOverflow
"""What an engine must make of an expression."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """An expression over constants, and what must become of it."""

    behaviour: str
    """What the expression shows, for a message."""
    expression: str
    outcome: Outcome
    rows: str = ""
    """``VALUES`` that the expression aggregates; none for a scalar."""


_LONGEST = 2**63 - 1
_NINES = "9" * 38

PROBES: tuple[Probe, ...] = (
    Probe(
        behaviour="a sum of BIGINT that overflows is an error",
        expression="sum(n)",
        rows=f"VALUES ({_LONGEST}L), (1L) AS t(n)",
        outcome=RaisesOverflow(),
    ),
    Probe(
        behaviour="a sum of DECIMAL that overflows is an error",
        expression="sum(n)",
        rows=f"VALUES ({_NINES}BD), ({_NINES}BD) AS t(n)",
        outcome=RaisesOverflow(),
    ),
    Probe(
        behaviour="xxhash64 hashes as Spark does",
        expression="xxhash64('a')",
        outcome=Returns(-8582455328737087284),
    ),
)
"""Every probe; those that return a value are asked in one statement."""


def probe_statement(*probes: Probe) -> str:
    """
    Return one query for probes over the same rows, with a column for each.

    Examples:
        >>> probe_statement(PROBES[2])
        "SELECT xxhash64('a')"
    """
    expressions = ", ".join(probe.expression for probe in probes)
    (rows,) = {probe.rows for probe in probes}
    query = f"SELECT {expressions}"
    return f"{query} FROM {rows}" if rows else query

"""TOML text to contract terms; every problem is collected, none raised here."""

from __future__ import annotations

import sys
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.contract.read.dimensions import dimension, totals
from cleanroom_join.contract.read.strict_toml import (
    COLUMN_NAME,
    NAME,
    SLUG,
    TABLE_NAME,
    Table,
)
from cleanroom_join.contract.read.subjects import subject, subject_column, tokens
from cleanroom_join.contract.terms.columns import (
    MeasureColumn,
    MeasureType,
    SubjectColumn,
)
from cleanroom_join.contract.terms.functions.function import Function
from cleanroom_join.contract.terms.model import (
    Asset,
    ContractTerms,
    LedgerTerms,
    Measure,
    Output,
    Party,
    Reveal,
    Role,
)
from cleanroom_join.contract.terms.policy import (
    SETTINGS,
    DifferencingAction,
    Policy,
    PolicyOverrides,
    Protection,
    limit_problem,
)
from cleanroom_join.errors import Problem, printable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.read.strict_toml import Pattern
    from cleanroom_join.contract.terms.columns import Column

__all__ = ["LARGEST_UNITS", "parse_document", "parse_policy", "parse_terms"]

LARGEST_UNITS = 10**9
"""
Largest bound of a measure, in units of its last decimal place.

Sums are exact 64-bit integers: 9.2e9 rows at the bound are needed to overflow.
"""

_MAX_TEXT = 1_000_000
"""Longest contract, in characters; far more than anyone signs."""

_LATER = {"dp": "; differential privacy is not in this version"}
"""What is to be said of protections that people look for."""

T = TypeVar("T")


def parse_document(
    text: str, name: str = "contract"
) -> tuple[Mapping[str, object], list[Problem]]:
    """Parse TOML with exact decimals; a syntax error becomes a problem of *name*."""
    if len(text) > _MAX_TEXT:
        return {}, [Problem(name, "is longer than 1,000,000 characters", "E112")]
    try:
        return tomllib.loads(text, parse_float=Decimal), []
    except (ValueError, ArithmeticError, RecursionError) as error:
        return {}, [Problem(name, f"is not TOML: {printable(str(error))}", "E119")]


def parse_terms(
    document: Mapping[str, object], problems: list[Problem]
) -> ContractTerms:
    """Read everything but the shared policy; add what is wrong to *problems*."""
    top = Table(document, "", problems)
    top.integer("schema", 1, 1)
    top.table("policy", required=False)  # read by parse_policy
    terms = ContractTerms(
        id=top.text("id", SLUG),
        revision=top.integer("revision", 1, 1_000_000),
        purpose=top.text("purpose"),
        expires=top.date("expires"),
        parties=_named(top, "parties", NAME, _party),
        subjects=_named(top, "subjects", NAME, subject),
        tokens=tokens(top.table("tokens")),
        assets=_named(top, "assets", NAME, _asset),
        outputs=_named(top, "outputs", NAME, _output),
        ledger=_ledger(top),
    )
    top.done()
    return terms


def parse_policy(document: Mapping[str, object], problems: list[Problem]) -> Policy:
    """Read the shared policy; what is absent has schema 1's default."""
    table = Table(document, "", []).table("policy", required=False)
    table.problems = problems
    protection = table.choice(
        "protection", Protection, Protection.THRESHOLD, later=_LATER
    )
    action = table.choice("differencing", DifferencingAction, DifferencingAction.REPEAT)
    values = dict(_settings(table))
    table.done()
    return Policy(protection=protection, differencing=action, **values)  # type: ignore[arg-type] # types follow SETTINGS


def _named(top: Table, key: str, pattern: Pattern, read: _Reader[T]) -> Mapping[str, T]:
    """Read a table of named things, each with *read*."""
    things: dict[str, T] = {}
    for name, table in top.tables(key):
        if not pattern.fits(name):
            top.report(
                f"{key}.{printable(name)}", f"is not {pattern.description}", "E112"
            )
        things[name] = read(name, table)
        table.done()
    return MappingProxyType(things)


def _settings(table: Table) -> list[tuple[str, int | Decimal]]:
    """Read those policy settings that are there and within their limits."""
    groups = {"dominance": table.table("dominance", required=False)}
    for name in ("rounding", "perturbation", "contribution", "releases"):
        groups[name] = table.table(name, required=False)
    values: list[tuple[str, int | Decimal]] = []
    for setting in SETTINGS:
        *group, key = setting.path
        holder = groups[group[0]] if group else table
        if not holder.has(key):
            holder.asked.add(key)
            continue
        number = holder.raw(key)
        problem = limit_problem(setting, number, table.path)
        if problem is not None:
            holder.problems.append(problem)
        elif isinstance(number, (int, Decimal)):
            values.append(
                (setting.name, int(number) if setting.whole else Decimal(number))
            )
    for group_table in groups.values():
        group_table.done()
    return values


def _ledger(top: Table) -> LedgerTerms | None:
    """Read where the record of earlier releases is, if there is one."""
    table = top.table("ledger", required=False)
    if not table.content:
        return None
    terms = LedgerTerms(
        party=table.text("party", NAME),
        table=table.text("table", TABLE_NAME),
        anchor=table.text("anchor", TABLE_NAME),
        secret=table.text("secret", TABLE_NAME),
        reveal=table.choice("reveal", Reveal, Reveal.AT_ONCE),
    )
    table.done()
    return terms


def _party(name: str, table: Table) -> Party:
    """Read one party."""
    policy = table.table("policy", required=False)
    values = tuple(_settings(policy))
    policy.asked.add("protection")
    protection = None
    if policy.has("protection"):
        protection = policy.choice("protection", Protection, later=_LATER)
    overrides = PolicyOverrides(values=values, protection=protection)
    policy.done()
    return Party(alias=name, role=table.choice("role", Role), overrides=overrides)


def _asset(name: str, table: Table) -> Asset:
    """Read one shared table."""
    columns: dict[str, Column] = {}
    for column, body in table.tables("columns"):
        if not COLUMN_NAME.fits(column):
            table.report(
                f"columns.{printable(column)}",
                f"is not {COLUMN_NAME.description}",
                "E112",
            )
        columns[column] = _column(column, body)
        body.done()
    return Asset(
        name=name,
        party=table.text("party", NAME),
        table=table.text("table", TABLE_NAME),
        columns=MappingProxyType(columns),
        one_row_per=table.optional_text("one_row_per", NAME),
        consent=table.optional_text("consent"),
    )


def _column(name: str, table: Table) -> Column:
    """Read one column: exactly one of subject, dimension and measure."""
    roles = [role for role in ("subject", "dimension", "measure") if table.has(role)]
    if len(roles) != 1:
        table.problems.append(
            Problem(table.path, "needs one of subject, dimension and measure", "E116")
        )
        table.asked.update(table.content)
        return SubjectColumn(name=name, subject="", sources=(name,))
    if roles == ["subject"]:
        return subject_column(name, table)
    return (
        dimension(name, table)
        if roles == ["dimension"]
        else _measure_column(name, table)
    )


def _measure_column(name: str, table: Table) -> MeasureColumn:
    """Read a column that may be aggregated, with its bounds."""
    kind = table.choice("measure", MeasureType)
    if kind is MeasureType.BOOLEAN:
        return MeasureColumn(
            name=name, type=kind, minimum=Decimal(0), maximum=Decimal(1)
        )
    low, high = table.number("min"), table.number("max")
    scale = table.integer("scale", 0, 9, 0) if kind is MeasureType.DECIMAL else 0
    units = Decimal(10) ** scale
    if low > high:
        table.report("min", "must not be above max", "E113")
    for key, bound in (("min", low), ("max", high)):
        if bound * units != int(bound * units):
            table.report(key, f"has more than {scale} decimal places", "E113")
        if abs(bound * units) > LARGEST_UNITS:
            table.report(key, f"must be at most {LARGEST_UNITS} units of scale", "E113")
    return MeasureColumn(name=name, type=kind, minimum=low, maximum=high, scale=scale)


def _output(name: str, table: Table) -> Output:
    """Read one registered question."""
    measures = []
    for measure, body in table.tables("measures"):
        if not COLUMN_NAME.fits(measure):
            table.report(
                f"measures.{printable(measure)}",
                f"is not {COLUMN_NAME.description}",
                "E112",
            )
        measures.append(
            Measure(
                name=measure,
                function=body.choice("function", Function),
                column=body.optional_text("column"),
            )
        )
        body.done()
    group_by = table.texts("group_by")
    return Output(
        name=name,
        join=table.texts("join", NAME),
        on=table.text("on", NAME),
        group_by=group_by,
        measures=tuple(measures),
        totals=totals(table, group_by),
    )


if TYPE_CHECKING:
    from typing import Protocol

    T_co = TypeVar("T_co", covariant=True)

    class _Reader(Protocol[T_co]):
        """Reads one named thing."""

        def __call__(self, name: str, table: Table, /) -> T_co: ...

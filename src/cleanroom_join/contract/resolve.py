"""From an output to a query: every name is looked up."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.check.outputs import check_output
from cleanroom_join.contract.terms.columns import Dimension, MeasureColumn
from cleanroom_join.contract.terms.functions import FUNCTIONS
from cleanroom_join.contract.terms.functions.function import Argument
from cleanroom_join.contract.terms.query import CountedSubject, Query
from cleanroom_join.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.contract import Contract
    from cleanroom_join.contract.terms.model import Asset, LedgerTerms, Output

__all__ = ["resolve"]


def resolve(contract: Contract, output: Output) -> Query:
    """
    Resolve an output, registered or built in a notebook.

    Raises:
        ContractError: If the output does not fit the contract's assets.
    """
    terms = contract.terms
    problems = check_output(output, terms.assets, contract.policy)
    if problems:
        raise ContractError.of(problems)
    assets = tuple(terms.assets[name] for name in output.join)
    joined = {n: c for asset in assets for n, c in asset.columns.items()}
    grouping = (joined[name] for name in output.group_by)
    dimensions = tuple(d for d in grouping if isinstance(d, Dimension))
    used = {
        m.column
        for m in output.measures
        if FUNCTIONS[m.function].argument is Argument.MEASURE
    }
    # By name: the order of a table's keys is in no digest, so nothing may depend on it.
    columns = {
        name: column
        for name, column in sorted(joined.items())
        if name in used and isinstance(column, MeasureColumn)
    }
    return Query(
        output=output,
        registered=terms.outputs.get(output.name) == output,
        assets=assets,
        dimensions=dimensions,
        columns=MappingProxyType(columns),
        subjects=_subjects(assets, output, terms.ledger),
        every_dimension=_every_dimension(contract, dimensions, assets),
        single_label_dimensions=_single_label_dimensions(contract, output.on),
        ledger=terms.ledger,
    )


def _every_dimension(
    contract: Contract, grouping: tuple[Dimension, ...], joined: tuple[Asset, ...]
) -> Mapping[str, Dimension]:
    """
    Return all dimensions: the query's, the joined tables', all others.

    They are by name in lower case, as earlier cells have it.
    """
    found = {dimension.name.lower(): dimension for dimension in grouping}
    others = (asset for _, asset in sorted(contract.terms.assets.items()))
    for asset in (*joined, *others):
        for name, column in asset.columns.items():
            if isinstance(column, Dimension):
                found.setdefault(name.lower(), column)
    return MappingProxyType(found)


def _single_label_dimensions(contract: Contract, on: str) -> frozenset[str]:
    """Return the names, in lower case, of dimensions with one label per subject."""
    single: set[str] = set()
    several: set[str] = set()
    for asset in contract.terms.assets.values():
        columns = asset.columns.items()
        names = {n.lower() for n, c in columns if isinstance(c, Dimension)}
        (single if asset.one_row_per == on else several).update(names)
    return frozenset(single - several)


def _subjects(
    assets: tuple[Asset, ...], output: Output, ledger: LedgerTerms | None
) -> tuple[CountedSubject, ...]:
    """Return the joined subject, then every other token column of every asset."""
    joined = assets[0].token_column(output.on)
    others = [
        CountedSubject(
            label=f"{a.name}.{c.subject}",
            asset=a.name,
            column=c.name,
            path=f"{a.path(ledger)}.{c.name}".lower(),
        )
        for a in assets
        for c in sorted(a.subject_columns(), key=lambda c: c.subject)
        if c.subject not in output.joined_on
    ]
    column = joined.name if joined is not None else ""
    first = CountedSubject(label=output.on, asset=assets[0].name, column=column)
    return (first, *others)

"""What a table of the benchmark is: a contract, one of its outputs, and joined rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.template import fill_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cleanroom_join.attacks.game import Row

__all__ = ["LossTable", "dimension", "two_registers"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LossTable:
    """One output of one contract, and the rows that it is computed from."""

    name: str
    about: str
    """What is special about it."""
    contract: str
    """The contract as TOML."""
    output: str
    """Name of the output."""
    rows: Callable[[int], list[Row]]
    """Makes the joined rows from a seed."""
    seed: int = 7
    """The seed of the published figures."""


def dimension(
    name: str, values: Sequence[str], parents: Mapping[str, str] | None = None
) -> str:
    """Return a dimension of a contract as one line of TOML."""
    text = f"dimension = {json.dumps(list(values))}"
    if parents:
        pairs = ", ".join(
            f"{json.dumps(v)} = {json.dumps(p)}" for v, p in parents.items()
        )
        text += f", parents = {{ {pairs} }}"
    return f"{name} = {{ {text} }}"


def two_registers(
    *,
    name: str,
    records: Sequence[str],
    people: Sequence[str],
    group_by: Sequence[str],
    measures: Sequence[str],
    one_record_each: bool = False,
    other_subjects: str = "",
    policy: str | None = None,
) -> str:
    """
    Return a contract of two parties: one has records of people, one a register of them.

    The output is called ``answer`` and asks for all totals.

    Args:
        name: The id of the contract.
        records: Columns of ``records``, one line of TOML each; a person may have many.
        people: Columns of ``people``, which has one row per person.
        group_by: Names of the dimensions.
        measures: Measures of the output, one line of TOML each.
        one_record_each: Whether ``records`` has one row per person, too.
        other_subjects: Tables ``[subjects.NAME]`` beside the person.
        policy: Lines for ``[policy]``.
    """
    subject = 'person = { subject = "person", source = "id" }'
    once = 'one_row_per = "person"'
    assets = [
        "[assets.records]",
        'party = "keeper"',
        'table = "shared.records"',
        *([once] if one_record_each else []),
        "[assets.records.columns]",
        subject,
        *records,
        "",
        "[assets.people]",
        'party = "registry"',
        'table = "shared.people"',
        once,
        "[assets.people.columns]",
        subject,
        *people,
        "",
    ]
    outputs = [
        "[outputs.answer]",
        'join = ["records", "people"]',
        'on = "person"',
        f"group_by = {json.dumps(list(group_by))}",
        'totals = "all"',
        "[outputs.answer.measures]",
        *measures,
        "",
    ]
    return fill_template(
        name=name,
        purpose="what the guard loses",
        parties=("keeper", "registry"),
        subjects=f'[subjects.person]\nkind = "account"\n{other_subjects}',
        assets="\n".join(assets),
        outputs="\n".join(outputs),
        policy=policy,
    )

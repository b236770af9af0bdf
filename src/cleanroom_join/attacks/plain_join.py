"""The tokens and the join of two small tables of rows, in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.attacks.query import SignedTerms

if TYPE_CHECKING:
    from cleanroom_join.attacks.game import Row, Rows

__all__ = ["joined", "with_tokens"]

_USUAL = SignedTerms()


def joined(patients: Rows, members: Rows, *, outer: bool = False) -> list[Row]:
    """
    Return every pair of rows of one subject.

    Args:
        patients: The victim's rows.
        members: The attacker's rows.
        outer: Whether rows of *members* without a partner stay.
    """
    by_subject: dict[object, list[Row]] = {}
    for row in patients:
        by_subject.setdefault(row["person"], []).append(row)
    missing: Row = dict.fromkeys(("segment", "area", "diagnosis", "ill", "spend"))
    rows: list[Row] = []
    for own in members:
        partners = by_subject.get(own["person"], [missing] if outer else [])
        rows += [{**theirs, **own} for theirs in partners]
    return rows


def with_tokens(rows: Rows, signed: SignedTerms) -> Rows:
    """
    Return a table with the tokens that a contract asks for.

    A name serves as the usual token of a person.  Any other token depends on everything
    that a real one depends on, so no two of them match.
    """
    if signed.token_origin == _USUAL.token_origin and signed.subject == _USUAL.subject:
        return rows
    origin = "/".join(signed.token_origin)
    return [
        {**row, signed.subject: row["person"] and f"{origin}:{row['person']}"}
        for row in rows
    ]

"""Entries of the ledger: what one run published."""

from __future__ import annotations

import json

import pytest

from cleanroom_join.attacks.guarded_room import FIRST_DAY, USUAL_TOKENS
from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.disclosure import (
    FINGERPRINT_WORDS,
    ROWS,
    SUBJECTS,
    CellSignature,
    Fingerprint,
    protect,
)
from cleanroom_join.disclosure.ledger.entry import GENESIS, next_entry
from cleanroom_join.disclosure.ledger.signature_encoding import (
    decoded_signature,
    encoded_signature,
)
from cleanroom_join.errors import InternalError
from tests.support.ledger_entries import NORTH, ledger_entry
from tests.support.plain_tables import cells_from_counts, query_over


def test_a_cell_without_signature_is_not_entered():
    """A ledger must hold all that later releases are compared with."""
    query, policy = query_over("a", "[]")
    cells = cells_from_counts({("a1",): 300}, query)
    table = protect(cells, query, policy)

    with pytest.raises(InternalError):
        next_entry(
            GENESIS,
            query,
            table,
            {("a1",): None},
            contract_id="attack-suite",
            contract_sha256="0" * 64,
            contract_revision=1,
            tokens=USUAL_TOKENS,
            as_of=FIRST_DAY,
        )


def test_no_part_of_an_entry_has_a_repr():
    """Neither figures nor labels nor words of fingerprints are shown."""
    one = ledger_entry()

    for shown in (
        repr(one),
        repr(one.cells[NORTH]),
        repr(one.cells[NORTH].signature),
        repr(one.cells[NORTH].signature.facets[SUBJECTS]),
    ):
        assert "105" not in shown.split(" at 0x")[0]
        assert "north" not in shown


@pytest.mark.parametrize(
    ("written", "read"), [(True, True), (False, False), (None, True)]
)
def test_a_signature_says_whether_values_were_clamped(written, read):
    """What is unknown counts as clamped: it is compared by subjects then."""
    fingerprint = Fingerprint(bytes(2 * FINGERPRINT_WORDS), 3, 7, clamped=written)
    signature = CellSignature({ROWS: fingerprint})

    document = json.loads(canonical_bytes(encoded_signature(signature)))

    assert decoded_signature(document).facets[ROWS].clamped is read

"""Ledger entries as a run writes them: a new cell, and a repeated one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal

from cleanroom_join.attacks.guarded_room import FIRST_DAY, USUAL_TOKENS
from cleanroom_join.disclosure import (
    FINGERPRINT_WORDS,
    ROWS,
    SUBJECTS,
    CellSignature,
    Fingerprint,
    PublishedVersion,
)
from cleanroom_join.disclosure.ledger.entry import GENESIS, Entry

NORTH = (("region", "north"),)
OTHER = (("age", None), ("region", "(other)"))
FIGURES = {
    "cohort_size": 105,
    "mean:amount": Decimal(5),
    "sum:amount": Decimal("-1.5E+3"),
    "rate:fraud": Decimal("0.0731"),
}


def ledger_entry(run=1, previous=GENESIS.head, **changes):
    """Return an entry with a new cell, and one that is repeated from the first run."""
    signature = CellSignature(
        {
            facet: Fingerprint(hashlib.sha512(b"x").digest() * length, 103, 2**63 + 105)
            for facet, length in (
                (SUBJECTS, FINGERPRINT_WORDS // 8),
                (ROWS, FINGERPRINT_WORDS // 32),
            )
        }
    )
    version = PublishedVersion(
        run=run, as_of=FIRST_DAY, signature=signature, figures=FIGURES
    )
    repeated = replace(version, run=1)
    return Entry(
        **{
            "run": run,
            "previous": previous,
            "contract_id": "acme-globex",
            "contract_sha256": "a" * 64,
            "contract_revision": 1,
            "tokens": USUAL_TOKENS,
            "output": "segments",
            "query": "b" * 64,
            "nonce": f"{run:032x}",
            "as_of": FIRST_DAY,
            "leaves": frozenset([OTHER]),
            "cells": {NORTH: version, OTHER: repeated},
            "audited": run > 1,
            "sizes": (("payments", 1200), ("", 1000)),
            "versions": (("payments", 12), ("accounts", None)),
            **changes,
        }
    )

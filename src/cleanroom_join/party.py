"""
The party's front door: identifiers in, tokens out, in its own workspace.

After a run the parties continue the ledger here, too: `append_ledger`, `confirm`.

Never load it in the clean room: this code sees the key.
"""

from __future__ import annotations

from cleanroom_join.revocation.erasure import ErasureOutcome, ErasureStatement
from cleanroom_join.revocation.release_record import read_release_record
from cleanroom_join.revocation.status import refuse_alerts
from cleanroom_join.spark.ledger.continuation import append_ledger, confirm
from cleanroom_join.spark.ledger.entry_rows import LedgerEnd
from cleanroom_join.spark.party.gold import Gold
from cleanroom_join.spark.party.table_profile import TableProfile, TokenProfile
from cleanroom_join.spark.party.token_manifest import token_manifest
from cleanroom_join.spark.party.tokenisation import tokenise
from cleanroom_join.spark.revocation.consent_store import ConsentStore
from cleanroom_join.spark.revocation.erasure import erase
from cleanroom_join.spark.revocation.job import RevocationJob
from cleanroom_join.spark.revocation.kafka_source import kafka_lines
from cleanroom_join.spark.revocation.lines import folder_lines
from cleanroom_join.spark.revocation.raw_identifiers import RawIdentifiers
from cleanroom_join.spark.revocation.upkeep.consent_reports import (
    consent_status,
    recall_notice,
)
from cleanroom_join.tokens import KeyRing, needs_retokenising

__all__ = [
    "ConsentStore",
    "ErasureOutcome",
    "ErasureStatement",
    "Gold",
    "KeyRing",
    "LedgerEnd",
    "RawIdentifiers",
    "RevocationJob",
    "TableProfile",
    "TokenProfile",
    "append_ledger",
    "confirm",
    "consent_status",
    "erase",
    "folder_lines",
    "kafka_lines",
    "needs_retokenising",
    "read_release_record",
    "recall_notice",
    "refuse_alerts",
    "token_manifest",
    "tokenise",
]

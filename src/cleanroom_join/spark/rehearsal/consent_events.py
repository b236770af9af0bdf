"""The consent tables of a rehearsal, and opt-outs as events that each job applies."""

from __future__ import annotations

import datetime as dt
import json
import os
from typing import TYPE_CHECKING

from cleanroom_join.revocation import Action
from cleanroom_join.revocation.schemas import BATCHES, EVENTS
from cleanroom_join.revocation.wire_format import SCHEMA_VERSIONS
from cleanroom_join.spark.rehearsal.consent_states import consent_folder
from cleanroom_join.spark.revocation.consent_store import ConsentStore
from cleanroom_join.spark.revocation.heartbeat import set_heartbeat
from cleanroom_join.spark.revocation.job import RevocationJob
from cleanroom_join.spark.revocation.lines import folder_lines
from cleanroom_join.sql import qualified

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyspark.sql import SparkSession

    from cleanroom_join.contract import Contract

__all__ = ["apply_opt_outs", "make_consent_tables"]


def make_consent_tables(spark: SparkSession, contract: Contract, output: Path) -> None:
    """
    Make the consent tables of each party, if the contract asks for their states.

    No subject opted out yet, and the states are as of now: as after a run of the job
    that found nothing.

    Raises:
        CleanRoomJoinError: Whatever a step refuses.
    """
    if contract.terms.revocation is None:
        return
    for party in contract.terms.parties:
        _source(output, party).mkdir(parents=True)
        store = _store(spark, output, party)
        store.create()
        set_heartbeat(spark, store.state, dt.datetime.now(dt.timezone.utc))


def apply_opt_outs(
    spark: SparkSession,
    contract: Contract,
    output: Path,
    party: str,
    tokens: Iterable[str],
) -> None:
    """
    Write opt-outs as a consent platform does, and let the party's job run.

    It deletes the subjects from the party's tables, and the room leaves them out.

    Raises:
        CleanRoomJoinError: Whatever a step refuses.
    """
    at = f"{dt.datetime.now(dt.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    events = [
        {
            "schema_version": max(SCHEMA_VERSIONS),
            "event_id": os.urandom(16).hex(),
            "token": token,
            "action": Action.OPT_OUT.value,
            "event_time": at,
        }
        for token in tokens
    ]
    file = _source(output, party) / f"opt_outs_{os.urandom(8).hex()}.json"
    # Hidden from the stream until it is whole.
    hidden = file.with_name(f".{file.name}")
    text = "".join(json.dumps(event) + "\n" for event in events)
    hidden.write_text(text, encoding="utf-8")
    hidden.rename(file)
    tables = {
        asset.name: output / "shared" / party / asset.name
        for asset in contract.terms.assets.values()
        if asset.party == party
    }
    job = RevocationJob(
        store=_store(spark, output, party),
        contract=contract,
        party=party,
        gold={n: qualified("delta", str(folder)) for n, folder in tables.items()},
        checkpoint=str(output / "consent" / party / "checkpoint"),
    )
    job.run_available(folder_lines(spark, str(_source(output, party))))


def _store(spark: SparkSession, output: Path, party: str) -> ConsentStore:
    """Return a party's consent tables; the state is where the room looks for it."""
    own = output / "consent" / party
    return ConsentStore(
        spark=spark,
        events=qualified("delta", str(own / EVENTS)),
        state=qualified("delta", str(consent_folder(output, party))),
        batches=qualified("delta", str(own / BATCHES)),
    )


def _source(output: Path, party: str) -> Path:
    """Return the folder of a party's events."""
    return output / "consent" / party / "events"

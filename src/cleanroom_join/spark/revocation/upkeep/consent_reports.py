"""What a party reads of its consent tables: how the job stands, and recall notices."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol

from cleanroom_join.errors import RevocationRefused, UnknownName
from cleanroom_join.revocation.deadlines import latencies
from cleanroom_join.revocation.recall import PresentState, RecallNotice, recall
from cleanroom_join.revocation.status import ConsentStatus
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.statements import run_statement
from cleanroom_join.spark.revocation.upkeep.latency import received_events
from cleanroom_join.spark.revocation.upkeep.store_counts import (
    excluded_since,
    store_counts,
)
from cleanroom_join.sql import newest_versions

if TYPE_CHECKING:
    from collections.abc import Collection

    from pyspark.sql import DataFrame, SparkSession

    from cleanroom_join.contract import Contract, RevocationTerms
    from cleanroom_join.revocation.release_record import ReleaseRecord

__all__ = ["NOTICE", "ConsentTables", "consent_status", "recall_notice"]

NOTICE = dt.timedelta(days=3)
"""How long before it is due a waiting event is an alert: a weekend and a day."""


class ConsentTables(Protocol):
    """The consent tables of a party, by quoted name."""

    @property
    def spark(self) -> SparkSession:
        """The session."""

    @property
    def events(self) -> str:
        """Of every line that ever came."""

    @property
    def state(self) -> str:
        """Of one row per subject."""

    @property
    def batches(self) -> str:
        """Of applied batches."""


def consent_status(
    store: ConsentTables,
    contract: Contract,
    party: str,
    *,
    days: int = 30,
    notice: dt.timedelta = NOTICE,
    now: dt.datetime | None = None,
) -> ConsentStatus:
    """
    Return how a party's revocation job stands; three queries of few rows.

    Args:
        store: The party's consent tables.
        contract: With a section ``[revocation]``.
        party: Whose tables they are.
        days: How many days back lines, and events that are excluded, are counted.
        notice: How long before it is due a waiting event is an alert.
        now: The time that ages are counted to; by default, now.

    Raises:
        RevocationRefused: If the contract has no such section (E631).
        UnknownName: If the contract has no such party.
        SparkFailure: If a query fails; Spark's own text is not shown.
    """
    terms = _terms(contract, party)
    now = dt.datetime.now(dt.timezone.utc) if now is None else now
    since = now - dt.timedelta(days=days)
    events, state, batches = _frames(store)
    received = received_events(events, batches, since=since)
    return ConsentStatus(
        party=party,
        max_age=dt.timedelta(hours=terms.max_age_hours),
        min_cohort=contract.policy.min_cohort,
        counts=store_counts(events, state, since=since),
        latencies=latencies(
            received,
            business_days=terms.within_business_days,
            now=now,
            notice=notice,
        ),
    )


def recall_notice(
    store: ConsentTables,
    contract: Contract,
    party: str,
    releases: Collection[ReleaseRecord],
) -> RecallNotice:
    """
    Return the notice of a party about its releases that are older than its state.

    Args:
        store: The party's consent tables.
        contract: With a section ``[revocation]``.
        party: Whose tables they are.
        releases: All releases that the party knows.

    Raises:
        RevocationRefused: If the contract has no such section (E631), or no run of the
            job has ended (E632).
        UnknownName: If the contract has no such party.
        SparkFailure: If a query fails; Spark's own text is not shown.
    """
    terms = _terms(contract, party)
    events, state, batches = _frames(store)
    step = "listing the versions of the consent state"
    # Before the counts: what is applied meanwhile is counted, and listed next time.
    (newest,) = run_statement(store.spark, step, newest_versions(store.state, 1))
    now = dt.datetime.now(dt.timezone.utc)
    heartbeat = store_counts(events, state, since=now).heartbeat
    if heartbeat is None:
        raise RevocationRefused.never_applied()
    times = {r.applied_until(terms.max_age_hours) for r in releases} - {None}
    present = PresentState(
        version=require_int(newest["version"]),
        time=heartbeat,
        excluded_since=excluded_since(
            events, batches, sorted(time for time in times if time is not None)
        ),
    )
    return recall(
        releases,
        present,
        party=party,
        contract_id=contract.terms.id,
        min_cohort=contract.policy.min_cohort,
        max_age_hours=terms.max_age_hours,
    )


def _terms(contract: Contract, party: str) -> RevocationTerms:
    """Return what the contract says of revocation, if it knows the party."""
    terms = contract.terms
    if terms.revocation is None:
        raise RevocationRefused.no_section(terms.id)
    if party not in terms.parties:
        raise UnknownName.of("party", party, list(terms.parties))
    return terms.revocation


def _frames(store: ConsentTables) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Return events, state and batches."""
    table = store.spark.table
    return table(store.events), table(store.state), table(store.batches)

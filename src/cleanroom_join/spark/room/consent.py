"""
The consent of both parties' subjects: asked before a run, each at its own tables.

The second wall: a party's own tables should be without its excluded subjects already.
Here the subjects whom a party excludes are out of its tables, before anything is
counted; so they are in no join, whatever the other party's tables have.

A party's state does not touch the other party's tables: a party writes its own state,
so it could exclude any subject whose token it can make, and see in the size of the
other party's table, which reports state in steps, whether that subject was there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.clock import utc_now
from cleanroom_join.errors import ConsentRefused, InternalError
from cleanroom_join.revocation import Scope
from cleanroom_join.revocation.gate import Suspended, party_error, subjects_error
from cleanroom_join.spark.common.consent_state import (
    check_state,
    consent_asset,
    excluded,
    facts_query,
    read_facts,
    without_excluded,
)
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.room.key_rotation import key_ids_of, overlap_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import Asset, Contract, ContractTerms, Query
    from cleanroom_join.revocation.gate import StateFacts
    from cleanroom_join.spark.common.look import Look
    from cleanroom_join.spark.room.inputs.shared_tables import SharedTables

__all__ = ["Consent", "consent_assets", "read_consent"]


def consent_assets(terms: ContractTerms) -> tuple[Asset, ...]:
    """Return the consent state of each party; none without `[revocation]`."""
    if terms.revocation is None:
        return ()
    tables = terms.revocation.tables
    return tuple(consent_asset(party, tables[party]) for party in terms.parties)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Consent:
    """What the consent states say, of states that are fresh and suspend nothing."""

    keys: Mapping[str, DataFrame]
    """By party, of all subjects whom it excludes; some may be there twice."""
    facts: tuple[StateFacts, ...]
    counts: Mapping[str, int]
    """By party, how many keys there are; secret."""

    def applied(
        self, query: Query, frames: Mapping[str, DataFrame], terms: ContractTerms
    ) -> dict[str, DataFrame]:
        """
        Return the tables of a query, each without the subjects whom its owner excludes.

        Columns of buckets are left out, too: the room reads none of them.
        """
        return {
            asset.name: self._applied(asset, frames[asset.name], terms)
            for asset in query.assets
        }

    def _applied(
        self, asset: Asset, frame: DataFrame, terms: ContractTerms
    ) -> DataFrame:
        """Return one table without the excluded subjects."""
        overlap = [
            c for c in overlap_columns(asset, terms.tokens) if c in frame.columns
        ]
        tokens = [*(column.name for column in asset.subject_columns()), *overlap]
        rows = frame.select(*map(column_named, (*asset.columns, *overlap)))
        party = asset.party
        return without_excluded(rows, tokens, self.keys[party], self.counts[party])

    def error(
        self,
        query: Query,
        frames: Mapping[str, DataFrame],
        terms: ContractTerms,
        look: Look,
    ) -> ConsentRefused | None:
        """
        Return what is wrong with the rows about subjects; depends on data.

        While keys change, each table must have the tokens of every key that an excluded
        subject's token is of.

        Args:
            query: What is asked.
            frames: The shared tables by asset name, with checked columns.
            terms: The contract's.
            look: Collects which key ids a table has.
        """
        settings = terms.tokens
        found = subjects_error(self.facts, settings.usable)
        if found is not None or not settings.retiring:
            return found
        for asset in query.assets:
            there = key_ids_of(asset, frames[asset.name], settings, look)
            for state in self.facts:
                if state.party != asset.party:
                    continue
                if there and state.excluded_key_ids - there:
                    return ConsentRefused.other_key_ids(state.party, asset.name)
        return None


def read_consent(
    shared: SharedTables, contract: Contract, query: Query
) -> Consent | None:
    """
    Read the consent states; None if the contract has no `[revocation]`.

    No row of a shared table is read.

    Raises:
        ConsentRefused: If a table is no consent state (E612), a state is stale or has
            no heartbeat (E610), or a party or table of the query is suspended (E611).
        SparkFailure: If Spark fails; its own text is not shown.
    """
    terms = contract.terms
    if terms.revocation is None:
        return None
    assets = consent_assets(terms)
    states = {asset.party: shared.frames[asset.name] for asset in assets}
    for party, state in states.items():
        check_state(state, party)
    names = _names(query)
    usable = terms.tokens.usable
    facts, counts = [], {}
    for asset in assets:
        asked = facts_query(states[asset.party], names, usable)
        step = f"asking the consent state of {asset.party}"
        rows = shared.look(step, asked, of=[asset.name])
        if len(rows) != 1:
            raise InternalError.of("a consent state was not summarised in one row")
        found, excludes = read_facts(asset.party, rows[0].asDict(), names, usable)
        facts.append(found)
        counts[asset.party] = excludes
    error = party_error(facts, terms.revocation, utc_now())
    if error is not None:
        raise error
    keys = {party: excluded(state) for party, state in states.items()}
    return Consent(keys=keys, facts=tuple(facts), counts=counts)


def _names(query: Query) -> list[Suspended]:
    """Return the parties and tables of a query."""
    parties = dict.fromkeys(asset.party for asset in query.assets)
    return [
        *(Suspended(scope=Scope.PARTY, name=party) for party in parties),
        *(Suspended(scope=Scope.DATASET, name=a.name) for a in query.assets),
    ]

"""The preflight of two small tables of rows, in plain Python: what the room refuses."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from cleanroom_join.attacks.plain_fingerprints import keyed_hash
from cleanroom_join.review import (
    JoinCounts,
    TableValues,
    TokenCounts,
    check_counts,
    check_values,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.attacks.game import Rows
    from cleanroom_join.contract import Policy, Query

__all__ = ["check_tables"]

_KEY_ID = "k1"


def check_tables(
    query: Query, tables: Mapping[str, Rows], policy: Policy, key: bytes
) -> None:
    """
    Refuse tables that the room refuses before it joins them.

    Args:
        query: What is asked.
        tables: The rows of each asset.
        policy: The policy in force.
        key: The joint key, for the noise of the match rate.

    Raises:
        TokensRefused, TableRefused, NoOverlap: As `review.preflight`.
    """
    owners = {
        asset.name: [row[query.output.on] for row in tables[asset.name]]
        for asset in query.assets
    }
    subjects = {name: Counter(found) for name, found in owners.items()}
    common = set.intersection(*map(set, subjects.values()))
    counts = JoinCounts(
        joined=tuple(
            TokenCounts(
                asset=name,
                column=query.output.on,
                malformed=0,
                raw_like=0,
                tokens=len(found),
                repeated=sum(rows > 1 for rows in found.values()),
                first_key_id=_KEY_ID,
                last_key_id=_KEY_ID,
            )
            for name, found in subjects.items()
        ),
        others=(),
        matched=len(common),
        record_key=sum(keyed_hash(key, subject) for subject in common),
    )
    check_counts(counts, query, policy, (_KEY_ID,), key)
    check_values(
        [
            TableValues(
                asset=asset.name,
                rows=len(tables[asset.name]),
                not_finite=tuple(
                    name
                    for name in query.columns
                    if name in asset.columns
                    and not all(_is_usable(r[name]) for r in tables[asset.name])
                ),
            )
            for asset in query.assets
        ]
    )


def _is_usable(value: object) -> bool:
    """Return whether a value is neither NaN nor infinite."""
    return not isinstance(value, float) or math.isfinite(value)

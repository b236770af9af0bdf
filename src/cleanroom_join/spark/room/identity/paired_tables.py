"""Two tables joined on several kinds of subject: their pairs stand for tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import InternalError
from cleanroom_join.review import MatchedOn
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.common.shared_columns import column_named
from cleanroom_join.spark.room import frame_columns as names
from cleanroom_join.spark.room.identity.identities import (
    IDENTITY,
    LEVEL,
    claims,
    with_identities,
)
from cleanroom_join.spark.room.identity.pairs import (
    IS_PAIR,
    ONE,
    ONE_LAST,
    OTHER,
    OTHER_LAST,
    candidates,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import Asset, Query
    from cleanroom_join.review import JoinCounts, TokenCounts
    from cleanroom_join.spark.common.look import Look

__all__ = ["PairedTables"]

_KEY_RANGE = 2**28
"""As in `preflight_hashes`: sums of so large hashes do not overflow."""

_KEY, _WHAT, _NUMBER = "(joint key)", "what", "number"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PairedTables:
    """
    The two tables of a query that joins on several kinds of subject.

    Attributes:
        frames: By asset name, the rows of paired identities.  The column of the kind
            that is trusted most holds the first table's identity, in both tables; the
            first table has the aliases besides.
    """

    frames: dict[str, DataFrame]
    _query: Query
    _claims: tuple[DataFrame, DataFrame]
    _candidates: DataFrame

    @classmethod
    def of(cls, query: Query, frames: Mapping[str, DataFrame]) -> PairedTables:
        """
        Pair the identities of two tables; no row is read yet.

        Args:
            query: What is asked; it joins on several kinds of subject.
            frames: The shared tables by asset name, with checked columns and tokens.
        """
        one, other = query.tables_in_order
        rows = [_rows(query, asset, frames[asset.name]) for asset in (one, other)]
        claimed = [
            claims(
                found,
                _columns(query, asset),
                one_row=asset.one_row_per == query.output.on,
            )
            for asset, found in zip((one, other), rows, strict=True)
        ]
        found = candidates(*claimed)
        pairs = found.where(F.col(IS_PAIR))
        # `Query.aliases`, in their order.
        aliases = [
            F.col(alias).alias(names.alias(i))
            for i, alias in enumerate((ONE_LAST, OTHER, OTHER_LAST))
        ]
        return cls(
            frames={
                one.name: _paired(query, one, rows[0], pairs.select(ONE, *aliases)),
                other.name: _paired(query, other, rows[1], pairs.select(ONE, OTHER)),
            },
            _query=query,
            _claims=(claimed[0], claimed[1]),
            _candidates=found,
        )

    def counted(
        self, counts: JoinCounts, hash_key: DataFrame | None, look: Look
    ) -> JoinCounts:
        """
        Return the counts of a preflight with identities in the place of tokens.

        Args:
            counts: What the preflight counted of the kind that is trusted most, and, as
                other columns, of the kinds after it.
            hash_key: The joint key, one row and one column.
            look: Collects the counts.

        Raises:
            SparkFailure: If Spark fails; its own text is not shown.
        """
        kinds = self._query.output.joined_on
        found = {
            str(row[_WHAT]): require_int(row[_NUMBER])
            for row in look("counting identities", self._numbers(hash_key))
        }
        by_asset = {
            asset.name: found[f"table{i}"]
            for i, asset in enumerate(self._query.tables_in_order)
        }
        matched = {name: found[f"kind{i}"] for i, name in enumerate(kinds)}
        total = sum(matched.values())
        return replace(
            counts,
            joined=tuple(
                _of_all_kinds(table, counts.others, by_asset[table.asset])
                for table in counts.joined
            ),
            matched=total,
            record_key=found["record_key"],
            matched_on=MatchedOn(
                kinds=tuple(matched.items()), unmatched=found["touched"] - total
            ),
        )

    def _numbers(self, hash_key: DataFrame | None) -> DataFrame:
        """Return the figures of `counted`, one row each."""
        pair, found = F.col(IS_PAIR), self._candidates
        salt = []
        if hash_key is not None:
            found = found.crossJoin(F.broadcast(hash_key.toDF(_KEY)))
            salt = [F.col(_KEY)]
        key = F.pmod(F.xxhash64(*salt, F.col(ONE)), F.lit(_KEY_RANGE))
        figures = {
            # Of either table: a party may have any number of identities in its own.
            "touched": F.least(
                F.count_distinct(F.col(ONE)), F.count_distinct(F.col(OTHER))
            ),
            "record_key": F.coalesce(F.sum(F.when(pair, key)), F.lit(0)),
            **{
                f"kind{i}": F.count(F.when(pair & (F.col(LEVEL) == 1 << i), 1))
                for i in range(len(self._query.output.joined_on))
            },
        }
        row = found.agg(*(figure.alias(name) for name, figure in figures.items()))
        # One row per figure, as the sizes of the tables have it.
        listed = F.array(
            *(
                F.struct(F.lit(name).alias(_WHAT), F.col(name).alias(_NUMBER))
                for name in figures
            )
        )
        sizes = [
            claimed.agg(
                F.lit(f"table{i}").alias(_WHAT),
                F.count_distinct(F.col(IDENTITY)).alias(_NUMBER),
            )
            for i, claimed in enumerate(self._claims)
        ]
        return reduce(
            lambda one, other: one.unionByName(other),
            sizes,
            row.select(F.inline(listed)),
        )


def _columns(query: Query, asset: Asset) -> list[str]:
    """Return a table's token columns, in order of trust."""
    columns = [asset.token_column(kind) for kind in query.output.joined_on]
    found = [column.name for column in columns if column is not None]
    if len(found) < len(columns):
        raise InternalError.of("a joined table lacks a kind of subject")
    return found


def _rows(query: Query, asset: Asset, frame: DataFrame) -> DataFrame:
    """Return the rows of a table with their identities."""
    return with_identities(frame, _columns(query, asset))


def _paired(query: Query, asset: Asset, rows: DataFrame, pairs: DataFrame) -> DataFrame:
    """Return the rows of a table that are about a pair, which is their token."""
    token, *_ = _columns(query, asset)
    is_first = asset.name == query.tables_in_order[0].name
    aliases = [names.alias(i) for i in range(len(query.aliases)) if is_first]
    same = F.col(IDENTITY) == F.col(ONE if is_first else OTHER)
    return rows.join(pairs, same).select(
        *(column_named(name) for name in asset.columns if name != token),
        F.col(ONE).alias(token),
        *aliases,
    )


def _of_all_kinds(
    table: TokenCounts, others: Sequence[TokenCounts], identities: int
) -> TokenCounts:
    """Return the counts of a table by identities; some of its columns may be empty."""
    own = [table, *(other for other in others if other.asset == table.asset)]
    ids = [i for t in own for i in (t.first_key_id, t.last_key_id) if i is not None]
    return replace(
        table,
        tokens=identities,
        first_key_id=min(ids, default=None),
        last_key_id=max(ids, default=None),
    )

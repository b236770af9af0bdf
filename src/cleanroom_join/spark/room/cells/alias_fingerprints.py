"""
Fingerprints of the subjects by their aliases, where an output joins on several kinds.

See `disclosure.model.signature`: a party that gives a subject another token must not
make the subject look like a new one.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.disclosure import SUBJECTS
from cleanroom_join.disclosure.model.signature import alias_facet
from cleanroom_join.errors import InternalError
from cleanroom_join.spark.common.collected import require_int
from cleanroom_join.spark.room import frame_columns as names
from cleanroom_join.spark.room.cells.fingerprint_columns import (
    bucket_of,
    fingerprint_columns,
    packed,
    unpacked,
)
from cleanroom_join.spark.room.cells.level_rows import labels_of_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame

    from cleanroom_join.contract import CellLabels, Query
    from cleanroom_join.disclosure import CellStatistics, Fingerprint
    from cleanroom_join.spark.common.look import Look

__all__ = ["with_aliases"]

_ALIAS, _HASH = "alias", "hash"
"""Index of the alias that a row is about, and the subject's hash by it."""


def with_aliases(
    query: Query, cells: tuple[CellStatistics, ...], subjects: DataFrame, look: Look
) -> tuple[CellStatistics, ...]:
    """
    Return cells with their fingerprints by every alias besides.

    Args:
        query: What is asked; it has aliases.
        cells: The cells with their fingerprints.
        subjects: Subject rows per cell, of the joined subjects, with their aliases.
        look: Collects the words.

    Raises:
        InternalError: If a cell was not counted by some alias.
        SparkFailure: If Spark fails; its own text is not shown.
    """
    words: dict[tuple[CellLabels, int], list[bytes]] = {}
    for row in look("fingerprints by aliases", _rows(query, subjects)):
        found = row.asDict()
        place = labels_of_codes(query, found), require_int(found[_ALIAS])
        words[place] = unpacked(query, found[names.FINGERPRINTS])
    if len(words) != len(cells) * len(query.aliases):
        raise InternalError.of("a cell was not counted by every alias")
    return tuple(_with_aliases(query, cell, words) for cell in cells)


def _rows(query: Query, subjects: DataFrame) -> DataFrame:
    """Return the packed words of each cell and alias."""
    hashes = F.array(
        *(
            F.struct(F.lit(i).alias(_ALIAS), F.col(names.alias(i)).alias(_HASH))
            for i in range(len(query.aliases))
        )
    )
    known = subjects.select("*", F.explode(hashes).alias("known")).select(
        "*", f"known.{_ALIAS}", f"known.{_HASH}"
    )
    cell, subject = [*names.dimensions(query), _ALIAS], F.col(_HASH)
    columns = fingerprint_columns(query, subject, subject.isNotNull())
    return (
        known.groupBy(*cell, bucket_of(subject).alias(names.BUCKET))
        .agg(*columns)
        .groupBy(*cell)
        .agg(packed(query).alias(names.FINGERPRINTS))
    )


def _with_aliases(
    query: Query,
    cell: CellStatistics,
    words: Mapping[tuple[CellLabels, int], list[bytes]],
) -> CellStatistics:
    """Return one cell with the facets of every alias."""
    signature = cell.signature
    if signature is None or cell.contents is None:
        raise InternalError.of("a cell has aliases and no fingerprints")
    own = {SUBJECTS: signature.facets[SUBJECTS], **cell.contents}
    contents: dict[str, Fingerprint] = dict(cell.contents)
    for i, alias in enumerate(query.aliases):
        for (facet, own_print), found in zip(
            own.items(), words[cell.labels, i], strict=True
        ):
            # The sizes and hash sums stay: they say which subjects these are here.
            contents[alias_facet(alias, facet)] = replace(own_print, words=found)
    return replace(cell, contents=MappingProxyType(contents))

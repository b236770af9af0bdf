"""A hundred thousand consent lines, a tenth of them malformed: none is lost."""

from __future__ import annotations

import json
import random
from collections import Counter

from pyspark.sql import functions as F

from cleanroom_join.spark.revocation.event_lines import event_columns
from tests.support.event_lines import (
    DATASETS,
    INGESTED_AT,
    MALFORMED,
    PARTIES,
    good_line,
    malformed_line,
)
from tests.support.frames import local_frame

LINES = 100_000
BAD_EVERY = 10


def test_every_good_line_is_an_event_and_every_bad_one_is_in_quarantine(spark):
    """Lines in are events plus lines in quarantine, each with its own id or reason."""
    rng = random.Random(100_000)
    ways = list(MALFORMED)
    bad = {i: ways[i // BAD_EVERY % len(ways)] for i in range(0, LINES, BAD_EVERY)}
    lines = [
        malformed_line(bad[i], rng) if i in bad else good_line(rng)
        for i in range(LINES)
    ]
    frame = local_frame(
        spark,
        [(str(i), line) for i, line in enumerate(lines)],
        "position string, value binary",
    )
    events = event_columns(
        frame.select("position", F.col("value").cast("string").alias("value")),
        ingested_at=F.lit(INGESTED_AT),
        parties=PARTIES,
        datasets=DATASETS,
    )

    rows = events.select("position", "event_id", "action", "quarantine").collect()

    assert sorted(int(row.position) for row in rows) == list(range(LINES))
    wrong = Counter()
    for row in rows:
        way = bad.get(int(row.position))
        if way is None:
            good = json.loads(lines[int(row.position)])
            found = row.quarantine, row.event_id, row.action
            wrong["good"] += found != (None, good["event_id"], good["action"])
        else:
            found = row.quarantine, row.action is not None
            wrong[way] += found != (MALFORMED[way].reason, MALFORMED[way].excludes)
    assert +wrong == Counter()
    assert sum(row.quarantine is None for row in rows) == LINES - len(bad)
    assert len(set(bad.values())) == len(MALFORMED) >= 30

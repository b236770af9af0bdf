"""Token manifests of made-up subjects, as one party would hand them over."""

from __future__ import annotations

import dataclasses
import random

from cleanroom_join.tokens import spec_sha256
from cleanroom_join.tokens.doctor import (
    GROUPINGS,
    ColumnManifest,
    ComponentManifest,
    TokenManifest,
    Trait,
    step_digests,
)
from cleanroom_join.tokens.doctor.manifest import BUCKET_ROUNDING
from cleanroom_join.tokens.tables import TABLES

K = 100


def counts(people, size=128, groupings=GROUPINGS):
    """Return how many of *people* fall in each bucket of each grouping, rounded."""
    found = []
    for number in range(groupings):
        buckets = [0] * size
        for person in people:
            buckets[(person >> 12 * number) % size] += 1
        found.append(tuple(_rounded(count) for count in buckets))
    return tuple(found)


def _rounded(count):
    """Return a count as a manifest shows it."""
    half = BUCKET_ROUNDING // 2
    return BUCKET_ROUNDING * ((count + half) // BUCKET_ROUNDING)


def people(seed, count, common=0):
    """Return random numbers, the first *common* of them the same for every seed."""
    shared = random.Random(0)
    own = random.Random(seed)
    return [*_numbers(shared, common), *_numbers(own, count - common)]


def _numbers(draws, count):
    """Return random numbers of 64 bits, all from one call."""
    return memoryview(draws.randbytes(8 * count)).cast("Q").tolist()


def component(**changes):
    """Return a healthy component of 20,000 rows."""
    figures = {
        "source": "raw",
        "kind": "pan",
        "declared": "",
        "reasons": {"ready": 20_000},
        "raw_lengths": {"16": 20_000},
        "lengths": {"16": 20_000},
        "masks": {"9" * 16: 20_000},
        "traits": {Trait.CHECK_DIGIT: 20_000},
    }
    return ComponentManifest(**{**figures, **changes})


def manifest(party="acme", *, column=None, **changes):
    """Return a healthy manifest."""
    healthy = ColumnManifest(
        column="token",
        subject="card",
        label="pan",
        components=(component(),),
        reasons={"ready": 20_000},
        subjects=20_000,
        buckets=counts(people(party, 20_000, common=15_000)),
    )
    figures = {
        "party": party,
        "asset": "t",
        "library": "0",
        "engine": "Spark",
        "partnership": "p",
        "key_id": "k1",
        "retiring": (),
        "key_check_value": "00000000",
        "spec_sha256": spec_sha256(),
        "tables": TABLES,
        "vectors_sha256": "0" * 64,
        "steps": step_digests(),
        "min_cohort": K,
        "columns": (dataclasses.replace(healthy, **(column or {})),),
    }
    return TokenManifest(**{**figures, **changes})

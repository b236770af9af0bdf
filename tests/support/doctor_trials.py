"""One trial of the match doctor: two manifests made, handed over as files, compared."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING
from unittest import mock

from cleanroom_join import SecretKey
from cleanroom_join.contract import TokenKind
from cleanroom_join.party import token_manifest
from cleanroom_join.tokens import KINDS, spec
from cleanroom_join.tokens.doctor import (
    Verdict,
    bisect,
    diagnose,
    read_manifest,
    step_digests,
    write_manifest,
)
from cleanroom_join.tokens.steps import Delete
from tests.support.frames import local_frame
from tests.support.plain_manifest import plain_manifest
from tests.support.planted_tables import KEYS, contract, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from cleanroom_join.tokens.doctor import Diagnosis, TokenManifest
    from tests.support.planted_faults import Case
    from tests.support.planted_tables import Side

__all__ = ["Outcome", "examine"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the doctor said of one case."""

    case: Case
    diagnosis: Diagnosis

    @property
    def right(self) -> bool:
        """Whether the true cause came first, or nothing was blamed and some match."""
        causes = self.diagnosis.causes
        if self.case.cause is None:
            return not causes and self.diagnosis.verdict is Verdict.MATCHES
        return self.rank == 1

    @property
    def rank(self) -> int | None:
        """Which of the causes the true one is, from 1 on."""
        causes = [finding.cause for finding in self.diagnosis.causes]
        if self.case.cause not in causes:
            return None
        return 1 + causes.index(self.case.cause)


def examine(case: Case, size: int, spark: SparkSession | None = None) -> Outcome:
    """
    Make both parties' manifests, hand them over as files, and diagnose.

    Args:
        case: What is planted.
        size: Subjects a side; more if the case needs more.
        spark: What counts; without it plain Python does.
    """
    sides = case.sides(max(size, case.least))
    manifests = [
        manifest_of(case.subject, party, side, spark)
        for party, side in zip(("acme", "globex"), sides, strict=True)
    ]
    exchanged = [read_manifest(write_manifest(manifest)) for manifest in manifests]
    (diagnosis,) = diagnose(*exchanged)
    return Outcome(case=case, diagnosis=diagnosis)


def manifest_of(
    subject: str, party: str, side: Side, spark: SparkSession | None
) -> TokenManifest:
    """Return one party's token manifest."""
    agreed = contract(side.partnership, side.key_id, side.country)
    key = SecretKey.from_bytes(KEYS[side.key])
    if spark is None:
        terms = agreed.asset(f"{party}_{subject}")
        with altered_specification() if side.altered else unchanged():
            return plain_manifest(side.rows, terms, key, side.tokens)
    names = sources(subject)
    tokens = side.tokens or [None] * len(side.rows)
    rows = [(*row, made) for row, made in zip(side.rows, tokens, strict=True)]
    schema = ", ".join(f"{name} string" for name in (*names, "token"))
    frame = local_frame(spark, rows, schema).selectExpr("*", f"true AS {party}_flag")
    with altered_specification() if side.altered else unchanged():
        return token_manifest(
            frame,
            agreed.asset(f"{party}_{subject}"),
            key=key,
            shared=frame.select("token") if side.tokens else None,
        )


@contextmanager
def unchanged() -> Iterator[None]:
    """Leave the installation as it is."""
    yield


@contextmanager
def altered_specification() -> Iterator[None]:
    """Stand for an installation whose first step forgets the zero-width space."""
    pan = KINDS[TokenKind.PAN]
    first = pan.steps[0]
    assert isinstance(first, Delete)
    forgetful = replace(first, characters=first.characters.replace("\u200b", ""))
    kinds = MappingProxyType(
        {**KINDS, TokenKind.PAN: replace(pan, steps=(forgetful, *pan.steps[1:]))}
    )
    modules = ("kinds", "spec", "doctor.bisect")
    patches = [mock.patch(f"cleanroom_join.tokens.{m}.KINDS", kinds) for m in modules]
    # Its own vectors fit its own specification.
    patches.append(
        mock.patch("cleanroom_join.spark.party.token_manifest.check_vectors")
    )
    _forget()
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()
        _forget()


def _forget() -> None:
    """Forget what was worked out about the specification."""
    spec.spec_sha256.cache_clear()
    step_digests.cache_clear()
    assert bisect.step_digests is step_digests

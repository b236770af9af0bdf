"""
Consent lines that name a subject by its raw identifier, which the party tokenises.

The subject's token follows by the same rules and with the same key as those of the
shared tables.  The expressions here belong to the plan of the stream, before any
function of a batch: such a function is pickled in Spark Connect, and a key refuses to
be.  As everywhere, the key is in a frame of one row (ADR 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.errors import RevocationRefused, VectorMismatch
from cleanroom_join.spark.party.frame_columns import token_columns
from cleanroom_join.spark.party.hmac_columns import key_frame, mac_maker
from cleanroom_join.spark.party.hmac_input import message_columns, with_texts
from cleanroom_join.spark.revocation.event_lines import IDENTIFIER_TOKEN
from cleanroom_join.tokens import KeyRing, SecretKey, vectors_sha256

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.spark.party.frame_columns import TokenColumn
    from cleanroom_join.spark.party.hmac_columns import MacMaker

__all__ = ["RawIdentifiers"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RawIdentifiers:
    """
    That the job tokenises lines with ``identifier`` in place of ``token``.

    A line names the kind of subject, ``"subject": "card"``, or the token kind,
    ``"kind": "pan"``, or neither if the asset has one kind of subject.  While the
    contract has retiring keys, such a line becomes one event per key, all at the line's
    position: an opt-out holds for every token that the room accepts.

    A subject whose identifier is made of several kinds has no raw form in a line.

    Raises:
        RevocationRefused: If the asset has no subject whose identifier is of one kind
            (E643).
        VectorMismatch: If the contract pins other token vectors than installed.
        KeyRefused: If the contract has other key ids than *key*.
    """

    terms: AssetTerms
    """
    ``contract.asset(name)`` of a shared table of the party: lines write identifiers as
    its raw table does.
    """
    key: SecretKey | KeyRing = field(repr=False)
    """The active key; while another is retiring, a ring of both."""

    def __post_init__(self) -> None:
        """Refuse what could tokenise no line, or otherwise than the shared tables."""
        pinned = self.terms.vectors_sha256
        if pinned is not None and pinned != vectors_sha256():
            raise VectorMismatch.digest(pinned, vectors_sha256())
        KeyRing.of(self.key, self.terms).by_id(self.terms)
        if not self._subjects():
            raise RevocationRefused.no_raw_form(self.terms.asset.name)

    def tokenised(self, frame: DataFrame) -> DataFrame:
        """
        Return the rows with one more column, `event_lines.IDENTIFIER_TOKEN`.

        It is NULL where the identifier is absent or refused, or where it is not evident
        of which kind it is.  A row with a token occurs once per key.

        Args:
            frame: Columns ``line``, ``identifier``, ``kind`` and ``subject``.
        """
        keys = KeyRing.of(self.key, self.terms).by_id(self.terms)
        subjects = self._subjects()
        components = [token.components[0] for _, token in subjects]
        raws = frame.select(
            "line",
            *(
                F.when(self._is_meant(name, token), F.col("identifier")).alias(
                    token.components[0].raw
                )
                for name, token in subjects
            ),
        )
        messages = with_texts(raws, components).select(
            "line", *(c for _, token in subjects for c in message_columns(token))
        )
        session = frame.sparkSession
        maker = mac_maker(session)
        secret = key_frame(session, self.terms, keys, maker)
        tokens = [
            _first_token([token for _, token in subjects], index, key_id, maker)
            for index, key_id in enumerate(keys)
        ]
        made = messages.crossJoin(F.broadcast(secret)).select(
            "line", F.array(*tokens).alias("tokens")
        )
        # Under all keys there is a token, or under none.
        none = F.array(F.lit(None).cast("string"))
        each = F.when(F.col("tokens")[0].isNull(), none).otherwise(F.col("tokens"))
        return made.select("line", F.explode(each).alias(IDENTIFIER_TOKEN))

    def _subjects(self) -> list[tuple[str, TokenColumn]]:
        """Return the kinds of subject with an identifier of one kind, and how made."""
        declared = self.terms.asset.subject_columns()
        columns = zip(declared, token_columns(self.terms), strict=True)
        return [
            (c.subject, token) for c, token in columns if len(token.components) == 1
        ]

    def _is_meant(self, subject: str, token: TokenColumn) -> Column:
        """Return whether a line's identifier is of this kind of subject."""
        kind = token.components[0].spec.kind
        listed = [kind.value, kind.listed_as.value]
        fits = F.coalesce(F.col("kind").isin(listed), F.lit(True))  # noqa: FBT003
        alone = len(self.terms.asset.subject_columns()) == 1
        of_kind = sum(_same_kind(other, token) for _, other in self._subjects())
        named = F.col("subject") == subject
        unnamed = F.col("subject").isNull() & (
            F.lit(alone) | (F.col("kind").isNotNull() & F.lit(of_kind == 1))
        )
        return (named | unnamed) & fits


def _same_kind(one: TokenColumn, other: TokenColumn) -> bool:
    """Return whether two identifiers of one kind are of the same."""
    return one.components[0].spec.kind is other.components[0].spec.kind


def _first_token(
    tokens: list[TokenColumn], index: int, key_id: str, maker: MacMaker
) -> Column:
    """Return the one token of a line under the key at *index*; NULL if it has none."""
    made = [
        F.when(
            F.col(token.reason).isNull(),
            F.concat(
                F.lit(f"{key_id}:"), maker.mac(F.col(token.message), token.key(index))
            ),
        )
        for token in tokens
    ]
    return F.coalesce(*made)

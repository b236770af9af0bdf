"""
Message authentication codes with a key that no plan, log or literal shows.

The key travels in a frame of one row that Spark broadcasts.  If the server has a native
``hmac``, that is used; otherwise HMAC is composed of two plain hashes, with the same
result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.spark.party.frame_columns import token_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import Column, DataFrame, SparkSession

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.tokens import SecretKey, Subkey

__all__ = ["MacMaker", "has_native_hmac", "hmac_sha256_hex", "key_frame", "mac_maker"]


@dataclass(frozen=True, slots=True)
class MacMaker:
    """Makes HMAC columns from the columns of the key frame, which it also names."""

    native: bool
    """Whether the server's own ``hmac`` is used."""

    def key_columns(self, name: str, subkey: Subkey) -> dict[str, bytearray]:
        """Return the columns that `mac` needs of one subkey, by their names."""
        if self.native:
            return {f"key_{name}": bytearray(subkey.native())}
        inner, outer = subkey.hmac_pads()
        return {
            f"inner_pad_{name}": bytearray(inner),
            f"outer_pad_{name}": bytearray(outer),
        }

    def mac(self, message: Column, name: str) -> Column:
        """Return HMAC-SHA-256 of a text under a subkey as 64 lower-case digits."""
        if self.native:
            key = F.col(f"key_{name}")
            code = F.call_function("hmac", key, message.cast("binary"))
            # Every engine has the same lower case of 0-9 and A-F.
            return F.lower(F.hex(code))
        inner, outer = F.col(f"inner_pad_{name}"), F.col(f"outer_pad_{name}")
        return hmac_sha256_hex(message, inner, outer)


def mac_maker(session: SparkSession) -> MacMaker:
    """Return the fastest maker that the session's server allows."""
    return MacMaker(native=has_native_hmac(session))


# RFC 4231, test case 2.
_PROBE = (b"Jefe", b"what do ya want for nothing?")
_ANSWER = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def has_native_hmac(session: SparkSession) -> bool:
    """
    Return whether the server has a function ``hmac`` that is HMAC-SHA-256.

    Decided by a published test case and not by a version: client and server may have
    different versions, and anybody may have registered a function of that name.
    """
    key, message = (F.lit(bytearray(text)) for text in _PROBE)
    try:
        # Before calling it, because PySpark logs an unknown function as an error.
        if not session.catalog.functionExists("hmac"):
            return False
        answer = (
            session.range(1)
            .select(F.hex(F.call_function("hmac", key, message)).alias("mac"))
            .collect()
        )
    except Exception:  # noqa: BLE001 - whatever failed, it is not our HMAC
        return False
    return [str(row["mac"]).lower() for row in answer] == [_ANSWER]


def key_frame(
    session: SparkSession,
    terms: AssetTerms,
    keys: Mapping[str, SecretKey],
    maker: MacMaker,
) -> DataFrame:
    """
    Return one row with the subkey of every token column and key id.

    Args:
        session: Where the frame lives.
        terms: The asset, its partnership and identifiers.
        keys: Secret key by key id, the active one first.
        maker: Reads the columns.
    """
    declared = terms.asset.subject_columns()
    row: dict[str, bytearray] = {}
    for column, token in zip(declared, token_columns(terms), strict=True):
        for index, (key_id, key) in enumerate(keys.items()):
            subkey = key.subkey(
                label=terms.identifiers[column.name].label,
                partnership=terms.partnership,
                key_id=key_id,
            )
            row |= maker.key_columns(token.key(index), subkey)
    schema = ", ".join(f"{name} binary" for name in row)
    return session.createDataFrame([tuple(row.values())], schema)


def hmac_sha256_hex(message: Column, inner: Column, outer: Column) -> Column:
    """
    Return HMAC-SHA-256 (RFC 2104) of a text as 64 lower-case digits.

    Args:
        message: Text, hashed as UTF-8.
        inner: The key XOR ipad, 64 bytes.
        outer: The key XOR opad, 64 bytes.
    """
    # The bytes of a text are its UTF-8; `encode` would decode them first.
    digest = F.sha2(F.concat(inner, message.cast("binary")), 256)
    return F.sha2(F.concat(outer, F.unhex(digest)), 256)

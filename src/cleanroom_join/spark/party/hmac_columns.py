"""
Message authentication codes with a key that no plan, log or literal shows.

The key travels in a one-row frame that is broadcast.  Where the server has a
native ``hmac`` it is used; elsewhere HMAC is composed of two plain hashes, with
the same result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import Column, DataFrame, SparkSession

    from cleanroom_join.contract import AssetTerms
    from cleanroom_join.tokens import SecretKey, Subkey

__all__ = ["MacMaker", "has_native_hmac", "hmac_sha256_hex", "key_frame", "mac_maker"]


@dataclass(frozen=True, slots=True)
class MacMaker:
    """Makes HMAC columns from key columns called ``k…``, or ``ki…`` and ``ko…``."""

    native: bool
    """Whether the server's own ``hmac`` is used."""

    def columns(self, name: str, subkey: Subkey) -> dict[str, bytearray]:
        """Return the key columns that `mac` reads for *name*."""
        if self.native:
            return {f"k{name}": bytearray(subkey.native())}
        inner, outer = subkey.hmac_pads()
        return {f"ki{name}": bytearray(inner), f"ko{name}": bytearray(outer)}

    def mac(self, message: Column, name: str) -> Column:
        """Return HMAC-SHA-256 of a text as 64 lower-case digits."""
        if self.native:
            code = F.call_function("hmac", F.col(f"k{name}"), message.cast("binary"))
            # Of ASCII: 0-9 and A-F have one lower case in every engine.
            return F.lower(F.hex(code))
        return hmac_sha256_hex(message, F.col(f"ki{name}"), F.col(f"ko{name}"))


def mac_maker(session: SparkSession) -> MacMaker:
    """Return the best maker that the session's server has."""
    return MacMaker(native=has_native_hmac(session))


# RFC 4231, test case 2.
_PROBE = (b"Jefe", b"what do ya want for nothing?")
_ANSWER = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def has_native_hmac(session: SparkSession) -> bool:
    """
    Return whether the server has ``hmac`` and it is HMAC-SHA-256.

    Asked by a published test case and not by version: clients talk to servers of
    other versions, and a function of that name could be anybody's.
    """
    key, message = (F.lit(bytearray(part)) for part in _PROBE)
    try:
        # Asked first, because PySpark logs an unknown function as an error.
        if not session.catalog.functionExists("hmac"):
            return False
        answer = (
            session.range(1)
            .select(F.hex(F.call_function("hmac", key, message)).alias("mac"))
            .collect()
        )
    except Exception:  # noqa: BLE001 - whatever it is, it is not our HMAC
        return False
    return [str(row["mac"]).lower() for row in answer] == [_ANSWER]


def key_frame(
    session: SparkSession,
    terms: AssetTerms,
    keys: Mapping[str, SecretKey],
    maker: MacMaker,
) -> DataFrame:
    """
    Return one row with what *maker* needs of every token column and key id.

    Args:
        session: Where the frame lives.
        terms: The asset, its partnership and identifiers.
        keys: Secret key by key id, the active one first.
        maker: Who reads the columns.
    """
    row: dict[str, bytearray] = {}
    for index, column in enumerate(terms.asset.subject_columns()):
        for place, (key_id, key) in enumerate(keys.items()):
            subkey = key.subkey(
                label=terms.identifiers[column.name].label,
                partnership=terms.partnership,
                key_id=key_id,
            )
            row |= maker.columns(f"{index}_{place}", subkey)
    schema = ", ".join(f"{name} binary" for name in row)
    return session.createDataFrame([tuple(row.values())], schema)


def hmac_sha256_hex(message: Column, inner: Column, outer: Column) -> Column:
    """
    Return HMAC-SHA-256 (RFC 2104) of a text as 64 lower-case digits.

    Args:
        message: Text, hashed as UTF-8.
        inner: The 64-byte key XOR ipad.
        outer: The 64-byte key XOR opad.
    """
    # The bytes of a text are its UTF-8; `encode` would decode them first.
    digest = F.sha2(F.concat(inner, message.cast("binary")), 256)
    return F.sha2(F.concat(outer, F.unhex(digest)), 256)

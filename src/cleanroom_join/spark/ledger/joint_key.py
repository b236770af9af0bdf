"""
The joint key: derived inside the room from a secret of each party, and never shown.

Neither party knows the other's secret, so neither can forge a ledger entry, predict
noise, or test whether a person is in a fingerprint.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

from cleanroom_join.crypto.hkdf import hkdf_sha256
from cleanroom_join.crypto.redacted import Redacted
from cleanroom_join.errors import KeyRefused
from cleanroom_join.spark.common.safe_errors import without_spark_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import DataFrame, SparkSession

__all__ = ["JointKey", "joint_key", "read_secret"]

_SECRET = re.compile(r"[0-9a-f]{64}")
_BYTES = 32


@final
class JointKey(Redacted):
    """
    Subkeys for four purposes.

    Attributes:
        chain_key: For the heads of the ledger.
        noise_key: For the noise of perturbed figures.
    """

    __slots__ = ("__encryption", "__hashing", "chain_key", "noise_key")
    __hashing: bytes
    __encryption: bytes
    chain_key: bytes
    noise_key: bytes

    def __init__(
        self, hashing: bytes, encryption: bytes, chain: bytes, noise: bytes
    ) -> None:
        object.__setattr__(self, "_JointKey__hashing", hashing)
        object.__setattr__(self, "_JointKey__encryption", encryption)
        object.__setattr__(self, "chain_key", chain)
        object.__setattr__(self, "noise_key", noise)

    def hash_key_row(self, session: SparkSession) -> DataFrame:
        """Return one row of one column: what subjects are hashed with."""
        return session.createDataFrame(
            [(bytearray(self.__hashing),)], "hash_key binary"
        )

    def encryption_key_row(self, session: SparkSession) -> DataFrame:
        """Return one row of one column: what the ledger is encrypted with."""
        return session.createDataFrame(
            [(bytearray(self.__encryption),)], "encryption_key binary"
        )


def joint_key(secrets: Iterable[bytes]) -> JointKey:
    """
    Derive the joint key with HKDF-SHA256 (RFC 5869).

    It belongs to the two companies: no name goes in, neither of a contract nor of a
    party, so that all their contracts have one ledger and one noise.

    Args:
        secrets: 32 bytes of each party; the order does not matter.
    """
    both = b"".join(sorted(secrets))
    salt = b"cleanroom_join joint key v2"
    # RFC 5869 info: a constant of the format, since another text gives other keys.
    made = hkdf_sha256(both, salt, b"members, seal, chain, noise", 4 * _BYTES)
    return JointKey(*(made[i : i + _BYTES] for i in range(0, len(made), _BYTES)))


def read_secret(frame: DataFrame, party: str, ledger: str) -> bytes:
    """
    Read one party's secret: one row, 64 hexadecimal digits in column ``secret``.

    Column ``ledger`` names the one ledger that the secret secures.  So a contract
    cannot begin another one under the same joint key, which would forget all releases.

    Args:
        frame: The party's table.
        party: Its alias.
        ledger: The contract's ledger (`LedgerTerms.path`).

    Raises:
        KeyRefused: If it is anything else, or the same digit repeated (E317), or
            secures another ledger (E318).
        SparkFailure: If Spark fails; its own text is not shown.
    """
    if "ledger" not in [name.lower() for name in frame.columns]:
        raise KeyRefused.other_ledger(party, ledger)
    rows = without_spark_text(
        f"reading the secret of {party}",
        frame.select("secret", "ledger").limit(2).collect,
    )
    text = rows[0]["secret"] if len(rows) == 1 else None
    if not isinstance(text, str) or _SECRET.fullmatch(text) is None:
        raise KeyRefused.joint_secret(party)
    secret = bytes.fromhex(text)
    if len(set(secret)) < _BYTES // 4:
        raise KeyRefused.joint_secret(party)
    named = rows[0]["ledger"]
    if not isinstance(named, str) or named.lower() != ledger:
        raise KeyRefused.other_ledger(party, ledger)
    return secret

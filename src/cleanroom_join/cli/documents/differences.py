"""The differences of two contracts as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanroom_join.contract import Contract
    from cleanroom_join.contract.differences import Difference

__all__ = ["differences_json"]


def differences_json(
    contracts: Sequence[Contract], found: Sequence[Difference]
) -> dict[str, object]:
    """Return both contracts by id, revision and digest, and where they differ."""
    first, second = (
        {"id": c.terms.id, "revision": c.terms.revision, "sha256": c.digest}
        for c in contracts
    )
    return {
        "first": first,
        "second": second,
        "differences": [
            {"path": d.path, "first": d.first, "second": d.second} for d in found
        ],
    }

"""What an anchor's row says, as people write it into the table."""

from __future__ import annotations

import pytest

from cleanroom_join.spark.ledger.anchor import read_anchor

DIGEST = "0123456789abcdef" * 4


class Frame:
    """A frame of one row."""

    def __init__(self, row):
        self.row = row

    def select(self, *columns):
        """Take the four columns."""
        assert len(columns) == 4
        return self

    def limit(self, rows):
        """Take no more than needed."""
        assert rows == 2
        return self

    def collect(self):
        """Return the row."""
        return [self.row]


@pytest.mark.parametrize(
    "pasted", [DIGEST, f"{DIGEST}\n", f" {DIGEST}", DIGEST.upper(), f"{DIGEST}\r\n"]
)
def test_pasted_digests_are_digests(pasted):
    """Blanks, line ends and capitals say nothing; nor do they agree to anything else."""
    agreed = read_anchor(Frame((1, "head", pasted, pasted))).agreed

    assert agreed.contract == agreed.library == DIGEST


def test_an_anchor_without_digests_agrees_to_nothing():
    """NULL stays unknown."""
    agreed = read_anchor(Frame((1, "head", None, None))).agreed

    assert agreed.contract is agreed.library is None

"""What the review says of a run that is not under what both parties agreed."""

from __future__ import annotations

import pytest

from cleanroom_join.disclosure.ledger.agreed import UNKNOWN, AgreedDigests
from cleanroom_join.review.agreement import agreement_problems, revision_problems

AGREED = AgreedDigests(contract="c" * 64, library="d" * 64)


def test_what_was_agreed_has_no_problem():
    """Both digests are the anchor's, and the revision is the ledger's or later."""
    assert list(agreement_problems(AGREED, AGREED)) == []
    assert [list(revision_problems(r, 2)) for r in (2, 3)] == [[], []]


@pytest.mark.parametrize("part", ["contract", "library"])
def test_another_digest_is_named_beside_the_expected_one(part):
    """With what to do: use the agreed one, or agree on this one."""
    running = AgreedDigests(
        **{"contract": "c" * 64, "library": "d" * 64, part: "e" * 64}
    )

    (text,) = agreement_problems(running, AGREED)

    assert text.startswith(f"the {part} that runs has the digest {'e' * 64}")
    assert f"expects {getattr(AGREED, part)}" in text
    assert "both parties agreed on" in text
    assert "updates its anchor" in text


def test_an_anchor_without_digests_says_which_columns_to_add():
    """One sentence for each, with the command that prints what to write."""
    texts = list(agreement_problems(AGREED, UNKNOWN))

    for text, part in zip(texts, ("contract", "library"), strict=True):
        assert f"has no {part}_sha256" in text
        assert "`cleanroom-join check`" in text


def test_a_library_whose_files_cannot_be_read_is_not_agreed():
    """Not even if the anchor has none either."""
    for anchored in (AGREED, UNKNOWN):
        running = AgreedDigests(contract="c" * 64, library=None)
        texts = list(agreement_problems(running, anchored))
        assert "the digest of the library that runs is not known" in texts


def test_an_anchors_text_cannot_move_the_terminal():
    """It is the other party's, and may be anything."""
    anchored = AgreedDigests(contract="\x1b[2J\nAPPROVED" + "x" * 500, library="d" * 64)

    (text,) = agreement_problems(AGREED, anchored)

    assert text.isprintable()
    assert len(text) < 400


def test_an_older_revision_is_named_with_the_later_one():
    """And how to return to its terms."""
    (text,) = revision_problems(1, 3)

    assert "revision 1" in text
    assert "revision 3" in text
    assert "new revision" in text


def test_an_anchor_may_name_several_contracts():
    """Two companies may have several contracts, and one ledger with one anchor."""
    several = AgreedDigests(
        contract=f"{'a' * 64} {AGREED.contract}", library=AGREED.library
    )
    part = AgreedDigests(contract=AGREED.contract[:32], library=AGREED.library)

    assert list(agreement_problems(AGREED, several)) == []
    assert len(list(agreement_problems(part, several))) == 1

"""Steps of e-mail addresses by an advertiser's rules, which repair nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.kinds.email_steps import REAL_MAILBOX
from cleanroom_join.tokens.kinds.hashed.hash_steps import hash_steps
from cleanroom_join.tokens.kinds.lower_case_steps import HASHED_LOWER, NULL_WORD_LOWER
from cleanroom_join.tokens.steps import (
    FoldMailbox,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfOnly,
    RejectUnlessCharset,
    RejectUnlessLength,
    Sha256,
    Translate,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    INVISIBLE,
    WHITESPACE,
    Provider,
)

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps import Rewrite, Step

__all__ = ["gmail", "hashed_address", "hashes_of_addresses"]

# RFC 5322, 3.2.3, without * (it masks letters) and ^ ` { | } (no mailbox has them).
_ATOM = "!#$%&'+/=?_~.-"


def gmail(*domains: str, tag: str) -> tuple[Provider, ...]:
    """
    Return providers whose local parts lose their dots; each keeps its domain.

    Args:
        domains: What the publication calls Gmail.
        tag: Character before what is dropped of a local part, if anything is.
    """
    return tuple(
        Provider(domains=(domain,), canonical=domain, ignored=".", tag=tag)
        for domain in domains
    )


def hashed_address(
    blanks: Rewrite, *, providers: tuple[Provider, ...] = ()
) -> tuple[Step, ...]:
    """
    Return the steps from an address to its hash.

    Args:
        blanks: What the publication says about white space.
        providers: Whose local parts the publication changes.
    """
    # Before folding: a tag that is cut off must not hide what is wrong in it.
    folded = (*REAL_MAILBOX, FoldMailbox(providers=providers)) if providers else ()
    return (
        RejectIfOnly(
            characters=WHITESPACE.characters + INVISIBLE.characters,
            reason=Reason.EMPTY,
        ),
        blanks,
        Translate(source=ASCII_UPPER, target=ASCII_LOWER),
        NULL_WORD_LOWER,
        HASHED_LOWER,
        RejectIfMatches(
            pattern="[0-9a-z.@_+-]*[*][0-9a-z.@_+*-]*",
            reason=Reason.MASKED,
            explains=True,
        ),
        # A character that nobody sees, or that a spreadsheet or a mail program has
        # put around the address, would be part of what the other side has hashed.
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_LOWER + "@" + _ATOM,
            reason=Reason.FORBIDDEN_CHARACTER,
        ),
        RejectUnlessLength(minimum=6, maximum=254, reason=Reason.BAD_LENGTH),
        RejectIfMatches(
            pattern=f"['=][0-9a-z@{_ATOM}]*", reason=Reason.FORBIDDEN_CHARACTER
        ),
        *folded,
        *REAL_MAILBOX,
        Sha256(),
    )


def hashes_of_addresses(*, base64: bool) -> tuple[Step, ...]:
    """Return the steps of a column that holds hashes of addresses."""
    stand_ins = [
        value
        for step in REAL_MAILBOX
        if isinstance(step, RejectIfIn) and step.reason is Reason.PLACEHOLDER
        for value in step.values
    ]
    return hash_steps(*stand_ins, base64=base64)

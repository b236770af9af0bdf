"""Steps of both kinds of e-mail addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.kinds.capital_steps import DIGIT_VALUES
from cleanroom_join.tokens.kinds.lower_case_steps import (
    HASHED_LOWER,
    NULL_WORD_LOWER,
    OTHER_DASHES,
)
from cleanroom_join.tokens.steps import (
    Delete,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    Translate,
    Trim,
    TrimEnd,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    DIGITS,
    INVISIBLE,
    WHITESPACE,
)

if TYPE_CHECKING:
    from cleanroom_join.tokens.steps import Step

__all__ = ["ADDRESS", "REAL_MAILBOX"]

# RFC 5322, 3.2.3, without * (it masks letters) and ^ ` { | } (no mailbox has them).
_ATOM = "!#$%&'+/=?_~.-"

REAL_MAILBOX: tuple[Step, ...] = (
    RejectUnlessMatches(
        pattern=f"[0-9a-z{_ATOM}]+@(?:[0-9a-z-]+[.])+[0-9a-z-]{{2,63}}",
        reason=Reason.BAD_FORMAT,
    ),
    RejectIfIn(
        values=(
            *(
                f"{local}@{domain}"
                for local in ("test", "noreply", "no-reply", "none", "na")
                for domain in ("example.com", "test.com", "email.com", "none.com")
            ),
            *("a@a.com", "abc@abc.com", "noemail@noemail.com", "test@gmail.com"),
        ),
        reason=Reason.PLACEHOLDER,
    ),
)
"""Refuse what is not an address, and stand-ins for one."""

ADDRESS: tuple[Step, ...] = (
    Delete(characters=INVISIBLE.characters),
    Translate(
        source=WHITESPACE.characters + OTHER_DASHES + DIGITS.characters + ASCII_UPPER,
        target=" " * len(WHITESPACE.characters)
        + "-" * len(OTHER_DASHES)
        + DIGIT_VALUES
        + ASCII_LOWER,
    ),
    # ="jane@example.com", <jane@example.com>; and 'jane@example.com'.
    Trim(characters=" \"'=<>,;"),
    # The root of the domain name system (RFC 1034, 3.1).
    TrimEnd(characters="."),
    RejectIfIn(values=("",), reason=Reason.EMPTY),
    NULL_WORD_LOWER,
    HASHED_LOWER,
    RejectIfMatches(
        pattern="[0-9a-z.@_+-]*[*][0-9a-z.@_+*-]*",
        reason=Reason.MASKED,
        explains=True,
    ),
    # Also a space inside: "jane doe@example.com" is one of two mailboxes.
    RejectUnlessCharset(
        allowed=ASCII_DIGITS + ASCII_LOWER + "@" + _ATOM,
        reason=Reason.FORBIDDEN_CHARACTER,
    ),
    # RFC 5321, 4.5.3.1.3 with erratum 1690.
    RejectUnlessLength(minimum=6, maximum=254, reason=Reason.BAD_LENGTH),
    *REAL_MAILBOX,
)
"""Everything that normalises and checks an address."""

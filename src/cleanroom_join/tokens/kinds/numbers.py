"""Cards, accounts, IBANs and registrations: identifiers that an issuer gives."""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.common import CLEAN, DAMAGED, KindSpec, Ordinary
from cleanroom_join.tokens.steps import (
    Rearrange,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectIfUniform,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    RejectUnlessMod97,
)
from cleanroom_join.tokens.tables import ASCII_DIGITS, ASCII_UPPER

__all__ = ["ACCOUNT", "IBAN", "PAN", "REGISTRATION"]

PAN = KindSpec(
    kind=TokenKind.PAN,
    ordinary=Ordinary(pattern="[0-9]{12,19}", deleted=" -"),
    steps=(
        *CLEAN,
        *DAMAGED,
        # ISO/IEC 7812-1 allows at most 19 digits; Maestro has used 12.  The Luhn
        # digit is not checked, because not every UnionPay card has a valid one.
        RejectUnlessLength(minimum=12, maximum=19, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=("0123456789012345", "1234567812345678", "1234567890123456"),
            reason=Reason.PLACEHOLDER,
        ),
    ),
)

ACCOUNT = KindSpec(
    kind=TokenKind.ACCOUNT,
    ordinary=Ordinary(pattern="[0-9]{4,34}", deleted=" -"),
    steps=(
        *CLEAN,
        *DAMAGED,
        # As long as an IBAN may be (ISO 13616-1); leading zeros count.
        RejectUnlessLength(minimum=4, maximum=34, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
    ),
)

IBAN = KindSpec(
    kind=TokenKind.IBAN,
    steps=(
        *CLEAN[:3],
        Rearrange(pattern="IBAN:?([A-Z]{2}[0-9]{2}[0-9A-Z]+)", template="$1"),
        *CLEAN[3:],
        RejectIfMatches(
            pattern="[0-9A-Z]*[*#][0-9A-Z*#]*", reason=Reason.MASKED, explains=True
        ),
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        # Norway's are the shortest, Russia's 33; ISO 13616-1 allows 34.
        RejectUnlessLength(minimum=15, maximum=34, reason=Reason.BAD_LENGTH),
        RejectUnlessMatches(
            pattern="[A-Z]{2}[0-9]{2}[0-9A-Z]+", reason=Reason.BAD_FORMAT
        ),
        RejectUnlessMod97(reason=Reason.BAD_CHECKSUM),
    ),
)

REGISTRATION = KindSpec(
    kind=TokenKind.REGISTRATION,
    ordinary=Ordinary(pattern="[0-9A-Z]{2,16}", deleted=" -"),
    steps=(
        *CLEAN,
        # "1E5" may be a registration, "1.00E+05" never is.
        RejectIfMatches(
            pattern="[0-9]+(?:[.,][0-9]*E[+]?|E[+])[0-9]+",
            reason=Reason.SCIENTIFIC,
            explains=True,
        ),
        RejectIfMatches(
            pattern="[0-9]+[.,]0*", reason=Reason.DECIMAL_SUFFIX, explains=True
        ),
        RejectIfMatches(
            pattern="[0-9A-Z]*[*#][0-9A-Z*#]*", reason=Reason.MASKED, explains=True
        ),
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + ASCII_UPPER, reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=2, maximum=16, reason=Reason.BAD_LENGTH),
        RejectIfUniform(reason=Reason.PLACEHOLDER),
        RejectIfIn(
            values=("DUMMY", "PLACEHOLDER", "SAMPLE", "TEST"), reason=Reason.PLACEHOLDER
        ),
    ),
)

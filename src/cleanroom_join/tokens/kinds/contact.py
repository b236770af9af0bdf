"""E-mail addresses, telephone numbers and advertising identifiers of devices."""

from __future__ import annotations

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.common import (
    CLEAN,
    DIGIT_VALUES,
    HIDDEN,
    KindSpec,
    Ordinary,
)
from cleanroom_join.tokens.steps import (
    Delete,
    FoldMailbox,
    Rearrange,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    Step,
    Translate,
    Trim,
    TrimEnd,
)
from cleanroom_join.tokens.tables import (
    ASCII_DIGITS,
    ASCII_LOWER,
    ASCII_UPPER,
    COUNTRIES,
    DASHES,
    DIGITS,
    INVISIBLE,
    NULL_LIKE,
    PROVIDERS,
    WHITESPACE,
    Country,
)

__all__ = ["DEVICE_ID", "EMAIL", "EMAIL_MAILBOX", "PHONE", "phone_of"]

_LOWER_NULL = tuple(word.lower() for word in NULL_LIKE)
_OTHER_DASHES = DASHES.characters.replace("-", "")

# RFC 5322, 3.2.3, without * (it hides letters) and ^ ` { | } (nobody has them).
_ATOM = "!#$%&'+/=?_~.-"

_EMAIL_START: tuple[Step, ...] = (
    Delete(characters=INVISIBLE.characters),
    Translate(
        source=WHITESPACE.characters + _OTHER_DASHES + DIGITS.characters + ASCII_UPPER,
        target=" " * len(WHITESPACE.characters)
        + "-" * len(_OTHER_DASHES)
        + DIGIT_VALUES
        + ASCII_LOWER,
    ),
    # ="jane@example.com", <jane@example.com>; and 'jane@example.com'.
    Trim(characters=" \"'=<>,;"),
    # The root of the domain name system (RFC 1034, 3.1).
    TrimEnd(characters="."),
)

_EMAIL_CHECKS: tuple[Step, ...] = (
    RejectIfIn(values=("",), reason=Reason.EMPTY),
    RejectIfIn(values=_LOWER_NULL, reason=Reason.NULL_LIKE),
    RejectIfMatches(
        pattern="(?:[0-9a-z]{1,16}:)?[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{40}"
        "|[0-9a-z+/_-]{43}[=]?",
        reason=Reason.ALREADY_HASHED,
        explains=True,
    ),
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
    RejectUnlessMatches(
        pattern=f"[0-9a-z{_ATOM}]+@(?:[0-9a-z-]+[.])+[0-9a-z-]{{2,63}}",
        reason=Reason.BAD_FORMAT,
    ),
    RejectIfIn(
        values=(
            *(
                f"{who}@{at}"
                for who in ("test", "noreply", "no-reply", "none", "na")
                for at in ("example.com", "test.com", "email.com", "none.com")
            ),
            *("a@a.com", "abc@abc.com", "noemail@noemail.com", "test@gmail.com"),
        ),
        reason=Reason.PLACEHOLDER,
    ),
)

EMAIL = KindSpec(
    kind=TokenKind.EMAIL,
    steps=(*_EMAIL_START, *_EMAIL_CHECKS),
    ordinary=Ordinary(
        pattern="[0-9a-z._+-]{1,64}@[0-9a-z-]{1,63}[.](?:[0-9a-z-]{1,63}[.]){0,2}"
        "[a-z]{2,12}",
        lower=True,
    ),
)

EMAIL_MAILBOX = KindSpec(
    kind=TokenKind.EMAIL_MAILBOX,
    steps=(
        *_EMAIL_START,
        # Before folding: a tag that is cut off must not hide what is wrong in it.
        *_EMAIL_CHECKS,
        FoldMailbox(providers=PROVIDERS),
        *_EMAIL_CHECKS[-2:],
    ),
)

_PHONE_START: tuple[Step, ...] = (
    *CLEAN[:3],
    Translate(source="\uff0b", target="+"),
    *CLEAN[3:],
    RejectIfMatches(
        pattern="[0-9]+(?:[.,][0-9]*)?E[+]?[0-9]+",
        reason=Reason.SCIENTIFIC,
        explains=True,
    ),
    # Before dots are deleted; 447911123456.0 was a number once.
    RejectIfMatches(pattern="[+]?[0-9]{6,}[.]0*", reason=Reason.DECIMAL_SUFFIX),
    RejectIfMatches(
        pattern="[0-9+]*[X*#][0-9X*#]*", reason=Reason.MASKED, explains=True
    ),
    # Longer than any number with its brackets, as long as a digest.
    RejectUnlessLength(minimum=1, maximum=39, reason=Reason.BAD_LENGTH),
    # ITU-T E.123, 7.2: 00 is what most countries dial for "+".
    Rearrange(pattern="00([1-9][0-9()./]*)", template="+$1"),
    # +44 (0)20 …: the zero is only dialled at home; in Italy it is always.
    Rearrange(
        pattern="([+](?:[124-9][0-9]{0,2}|3[0-8][0-9]?))[(]0[)]([0-9()./]+)",
        template="$1$2",
    ),
    Delete(characters="()./"),
)

_PHONE_CHECKS: tuple[Step, ...] = (
    RejectIfIn(values=("",), reason=Reason.EMPTY),
    RejectUnlessCharset(allowed=ASCII_DIGITS + "+", reason=Reason.FORBIDDEN_CHARACTER),
    RejectIfMatches(pattern="[0-9]+", reason=Reason.NO_COUNTRY_CODE, explains=True),
    # ITU-T E.164: at most 15 digits.
    RejectUnlessLength(minimum=9, maximum=16, reason=Reason.BAD_LENGTH),
    RejectUnlessMatches(pattern="[+][1-9][0-9]+", reason=Reason.BAD_FORMAT),
    RejectIfMatches(
        pattern="[+][0-9]{1,3}(?:" + "|".join(d + "{7,}" for d in ASCII_DIGITS) + ")",
        reason=Reason.PLACEHOLDER,
    ),
)

PHONE = KindSpec(kind=TokenKind.PHONE, steps=(*_PHONE_START, *_PHONE_CHECKS))


def phone_of(country: str) -> KindSpec:
    """Return `PHONE` for a column whose national numbers are of *country*."""
    step = _national(COUNTRIES[country])
    return KindSpec(kind=TokenKind.PHONE, steps=(*_PHONE_START, step, *_PHONE_CHECKS))


def _national(country: Country) -> Rearrange:
    """Return the step that writes a national number internationally."""
    fewest, most = country.digits
    # Without a trunk prefix it must not begin with the zero of a lost one.
    trunk = f"(?:{country.trunk})?" if country.trunk_optional else country.trunk
    return Rearrange(
        pattern=f"{trunk}([0-9]{{{fewest},{most}}})", template=f"+{country.code}$1"
    )


DEVICE_ID = KindSpec(
    kind=TokenKind.DEVICE_ID,
    steps=(
        Delete(characters=HIDDEN),
        Translate(
            source=_OTHER_DASHES + ASCII_UPPER,
            target="-" * len(_OTHER_DASHES) + ASCII_LOWER,
        ),
        Trim(characters="{}\"'="),
        RejectIfIn(values=("", "-"), reason=Reason.EMPTY),
        RejectIfIn(values=_LOWER_NULL, reason=Reason.NULL_LIKE),
        # 32 digits are an MD5 digest or a UUID without hyphens: nobody can tell.
        RejectIfMatches(
            pattern="(?:[0-9a-z]{1,16}:)?[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{40}"
            "|[0-9a-z+/_-]{43}[=]?",
            reason=Reason.ALREADY_HASHED,
            explains=True,
        ),
        RejectIfMatches(
            pattern="[0-9a-fx-]*[x*#][0-9a-fx*#-]*", reason=Reason.MASKED, explains=True
        ),
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + "abcdef-", reason=Reason.FORBIDDEN_CHARACTER
        ),
        RejectUnlessLength(minimum=36, maximum=36, reason=Reason.BAD_LENGTH),
        # RFC 9562, section 4.
        RejectUnlessMatches(
            pattern="[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            reason=Reason.BAD_FORMAT,
        ),
        # All zeros is what a phone gives whose owner has opted out.
        RejectIfIn(
            values=tuple(
                f"{d * 8}-{d * 4}-{d * 4}-{d * 4}-{d * 12}" for d in ("0", "f")
            ),
            reason=Reason.PLACEHOLDER,
        ),
    ),
)

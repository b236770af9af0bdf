"""What the reasons of refused rows say; a reason that is not known here is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Clue, MismatchCause, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.tokens.doctor.manifest import ComponentManifest

__all__ = ["reason_clues"]

_READY = "ready"

_CAUSES = {
    "missing": (MismatchCause.MISSING_VALUES, "have no value"),
    "empty": (MismatchCause.MISSING_VALUES, "are empty"),
    "null_like": (MismatchCause.NULL_WORDS, "are words that stand for NULL"),
    "placeholder": (MismatchCause.PLACEHOLDERS, "are placeholders"),
    "already_hashed": (MismatchCause.ALREADY_HASHED, "are digests or tokens already"),
    "not_hashed": (MismatchCause.NOT_HASHED, "are no SHA-256, which is declared"),
    "other_hash": (MismatchCause.OTHER_HASH, "are as long as MD5, SHA-1 or SHA-512"),
    "scientific": (MismatchCause.SCIENTIFIC, "are in scientific notation"),
    "decimal_suffix": (
        MismatchCause.DECIMAL_SUFFIX,
        "end in a decimal point and zeros",
    ),
    "negative": (MismatchCause.MINUS_SIGNS, "are negative numbers"),
    "masked": (MismatchCause.MASKED, "are masked"),
    "mojibake": (MismatchCause.MOJIBAKE, "are UTF-8 that was read as Latin-1"),
    "invalid_utf8": (MismatchCause.MOJIBAKE, "are no UTF-8"),
    "no_country_code": (MismatchCause.NO_COUNTRY_CODE, "have no country code"),
    "wrong_country": (
        MismatchCause.OTHER_COUNTRY,
        "are no numbers of the declared country",
    ),
    "extension": (MismatchCause.EXTENSIONS, "have an extension"),
    "lost_separator": (MismatchCause.LOST_SEPARATORS, "have lost a separator"),
    "undeclared_country": (
        MismatchCause.UNDECLARED_COUNTRY,
        "need the country that the column does not declare",
    ),
    "lost_zero": (MismatchCause.LOST_ZEROS, "are one digit short"),
    "bad_date": (MismatchCause.DAY_MONTH_SWAPPED, "are no day of the calendar"),
    "bad_length": (MismatchCause.WRONG_COLUMN, "do not have the length of {kind}"),
    "bad_format": (MismatchCause.WRONG_COLUMN, "do not have the form of {kind}"),
    "bad_checksum": (MismatchCause.WRONG_COLUMN, "have wrong check digits"),
    "forbidden_character": (
        MismatchCause.WRONG_COLUMN,
        "have characters that no {kind} has",
    ),
}
"""The cause of each reason; one that is not here is `MismatchCause.ROWS_REFUSED`."""

_ALSO_SWAPPED = 1.6
"""Dates of the first twelve days of a month are read as other dates: 12 of 30."""


def reason_clues(component: ComponentManifest) -> Iterator[Clue]:
    """Yield one clue for each cause that the reasons of *component* stand for."""
    shares: dict[MismatchCause, float] = {}
    texts: dict[MismatchCause, list[str]] = {}
    for reason in sorted(component.reasons):
        share = component.share(reason)
        if reason == _READY or not share:
            continue
        cause, text = _CAUSES.get(
            reason, (MismatchCause.ROWS_REFUSED, f"are refused: {reason}")
        )
        shares[cause] = shares.get(cause, 0.0) + share
        text = f"{percent(share)} {text.replace('{kind}', component.kind)}"
        texts.setdefault(cause, []).append(text)
    for cause, share in shares.items():
        swapped = cause is MismatchCause.DAY_MONTH_SWAPPED
        yield Clue(
            cause=cause,
            share=min(1.0, share * _ALSO_SWAPPED) if swapped else share,
            evidence=", ".join(texts[cause]),
        )

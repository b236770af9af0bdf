"""The doctor's rules: what in two cards speaks for which cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.bisect import first_difference
from cleanroom_join.tokens.doctor.causes import Cause, Finding
from cleanroom_join.tokens.doctor.digits import digit_findings
from cleanroom_join.tokens.doctor.manifest import Trait
from cleanroom_join.tokens.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.tokens.doctor.manifest import (
        ColumnManifest,
        PartManifest,
        TokenManifest,
    )

__all__ = ["agreement_findings", "column_findings"]

_SHAPE = ("bad_length", "bad_format", "bad_checksum", "forbidden_character")
_ABSENT = ("missing", "empty", "null_like", "placeholder")

# Reasons that are causes by themselves.
_BY_REASON = {
    Cause.ALREADY_HASHED: ("already_hashed", "are digests or tokens already"),
    Cause.SCIENTIFIC: ("scientific", "are in scientific notation"),
    Cause.DECIMAL_SUFFIX: ("decimal_suffix", "end in a decimal point and zeros"),
    Cause.MASKED: ("masked", "are masked"),
    Cause.MOJIBAKE: ("mojibake", "are UTF-8 that was read as Latin-1"),
    Cause.NO_COUNTRY_CODE: ("no_country_code", "have no country code"),
}

# What another pipeline may have done instead of the specification; of two recipes
# that make the same tokens, the first says more.
_BY_RECIPE = {
    "case_kept": (Cause.CASE_KEPT, "are made of letters in their original case"),
    "accents_kept": (Cause.ACCENTS_KEPT, "are made of letters with their accents"),
    "unkeyed": (Cause.UNKEYED, "are plain SHA-256 of the value"),
    "untrimmed": (Cause.NOT_NORMALISED, "are made of the value as it came"),
}


def agreement_findings(left: TokenManifest, right: TokenManifest) -> Iterator[Finding]:
    """Yield what the parties did not agree on; each spoils every token."""
    if left.partnership != right.partnership:
        yield _both(
            Cause.OTHER_PARTNERSHIP,
            f'the contracts are "{left.partnership}" and "{right.partnership}"',
        )
    if left.spec_sha256 != right.spec_sha256:
        yield _both(Cause.OTHER_SPECIFICATION, _where_they_part(left, right))
    for column in left.columns:
        other = right.column_of(column.subject)
        if other is not None and other.label != column.label:
            evidence = f"{column.subject} is {column.label} and {other.label}"
            yield _both(Cause.OTHER_IDENTIFIER, evidence)
    ids = ({card.key_id, *card.retiring} for card in (left, right))
    if not set.intersection(*ids):
        yield _both(
            Cause.OTHER_KEY_ID, f"the keys are {left.key_id} and {right.key_id}"
        )
    if (
        left.partnership == right.partnership
        and left.key_id == right.key_id
        and left.key_check_value != right.key_check_value
    ):
        yield _both(Cause.WRONG_KEY, "the key check values differ")


def _where_they_part(left: TokenManifest, right: TokenManifest) -> str:
    """Return the first steps and the tables in which two specifications differ."""
    parts = []
    for kind in sorted({*left.steps, *right.steps}):
        at = first_difference(left.steps.get(kind, ()), right.steps.get(kind, ()))
        if at is not None:
            parts.append(f"{kind} from step {at} on")
    names = sorted({*left.tables, *right.tables})
    parts += [
        f"table {name}"
        for name in names
        if left.tables.get(name) != right.tables.get(name)
    ]
    return "they differ in " + (", ".join(parts) or "a rule that no vector reaches")


def _both(cause: Cause, evidence: str) -> Finding:
    """Return a finding about both sides."""
    return Finding(cause=cause, party="", column="", share=1.0, evidence=evidence)


def column_findings(
    card: TokenManifest, column: ColumnManifest, other: ColumnManifest
) -> list[Finding]:
    """Return what is wrong with one side's column, as far as the other shows it."""
    found = [*_recipes(card, column)]
    for part, theirs in zip(column.parts, other.parts, strict=False):
        found += _reasons(card, part)
        found += _shapes(card, part, theirs)
        found += digit_findings(card.party, part, theirs)
    return found


def _recipes(card: TokenManifest, column: ColumnManifest) -> Iterator[Finding]:
    """Tokens that another pipeline has made."""
    if not column.made_by:
        return
    right = column.made_by.get("spec", 0.0)
    best = max(_BY_RECIPE, key=lambda recipe: column.made_by.get(recipe, 0.0))
    share = column.made_by.get(best, 0.0)
    if share > right:
        cause, text = _BY_RECIPE[best]
        if best == "untrimmed" and column.parts[-1].trait(Trait.BLANK_AFTER):
            cause, text = Cause.TRAILING_BLANKS, f"{text}, with blanks at its end"
        evidence = f"{_percent(share)} of the shared tokens {text}"
        yield _one(cause, card, column.column, 1 - right, evidence)
    elif right < 1:
        evidence = (
            f"only {_percent(right)} of the shared tokens follow the specification"
        )
        yield _one(Cause.UNKNOWN_RECIPE, card, column.column, 1 - right, evidence)


def _reasons(card: TokenManifest, part: PartManifest) -> Iterator[Finding]:
    """Identifiers that were spoilt before they came to us."""
    for cause, (reason, text) in _BY_REASON.items():
        if share := part.share(reason):
            yield _one(cause, card, part.source, share, f"{_percent(share)} {text}")
    if share := part.share("lost_zero"):
        evidence = f"{_percent(share)} are one digit short"
        yield _one(Cause.LOST_ZEROS, card, part.source, share, evidence)
    if share := part.share("bad_date"):
        # The first twelve days of a month read as another date, so those count too.
        evidence = f"{_percent(share)} are no day of the calendar"
        yield _one(
            Cause.DAY_MONTH_SWAPPED, card, part.source, min(1, share * 1.6), evidence
        )
    if share := part.share(*_ABSENT):
        evidence = f"{_percent(share)} have no value"
        yield _one(Cause.MISSING_VALUES, card, part.source, share, evidence)


def _shapes(
    card: TokenManifest, part: PartManifest, other: PartManifest
) -> Iterator[Finding]:
    """Columns that hold something else."""
    wrong = part.share(*_SHAPE)
    if wrong:
        evidence = f"{_percent(wrong)} do not have the shape of {part.kind}"
        yield _one(Cause.WRONG_COLUMN, card, part.source, wrong, evidence)
    if part.kind in _LUHN_KINDS and part.rows and other.rows:
        ours, theirs = part.trait(Trait.CHECK_DIGIT), other.trait(Trait.CHECK_DIGIT)
        # One in ten numbers passes by chance; real cards nearly all do.
        if ours < _FEW_CHECK_DIGITS < _MOST_CHECK_DIGITS < theirs:
            evidence = (
                f"{_percent(ours)} have a right check digit, "
                f"{_percent(theirs)} on the other side"
            )
            yield _one(Cause.WRONG_COLUMN, card, part.source, 1 - ours, evidence)


_LUHN_KINDS = frozenset(kind.value for kind, spec in KINDS.items() if spec.luhn_digit)
"""Names of kinds of which nearly all identifiers have a right check digit."""

_FEW_CHECK_DIGITS = 0.4
_MOST_CHECK_DIGITS = 0.8


def _one(
    cause: Cause, card: TokenManifest, column: str, share: float, text: str
) -> Finding:
    """Return a finding about one side."""
    return Finding(
        cause=cause, party=card.party, column=column, share=share, evidence=text
    )


def _percent(share: float) -> str:
    """Return a share for people."""
    return f"{share:.0%}" if share >= 0.01 else "under 1%"  # noqa: PLR2004 - 1 %

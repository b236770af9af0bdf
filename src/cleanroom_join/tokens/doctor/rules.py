"""The doctor's rules: which figures of two manifests are evidence for which cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.bisect import first_difference
from cleanroom_join.tokens.doctor.causes import Finding, MismatchCause
from cleanroom_join.tokens.doctor.digits import digit_findings
from cleanroom_join.tokens.doctor.manifest import Trait
from cleanroom_join.tokens.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.tokens.doctor.manifest import (
        ColumnManifest,
        ComponentManifest,
        TokenManifest,
    )

__all__ = ["agreement_findings", "column_findings"]

_SHAPE = ("bad_length", "bad_format", "bad_checksum", "forbidden_character")
_ABSENT = ("missing", "empty", "null_like", "placeholder")

# Reasons of a refusal that are causes by themselves.
_BY_REASON = {
    MismatchCause.ALREADY_HASHED: ("already_hashed", "are digests or tokens already"),
    MismatchCause.NOT_HASHED: ("not_hashed", "are no SHA-256, which is declared"),
    MismatchCause.OTHER_HASH: ("other_hash", "are as long as MD5, SHA-1 or SHA-512"),
    MismatchCause.SCIENTIFIC: ("scientific", "are in scientific notation"),
    MismatchCause.DECIMAL_SUFFIX: (
        "decimal_suffix",
        "end in a decimal point and zeros",
    ),
    MismatchCause.MASKED: ("masked", "are masked"),
    MismatchCause.MOJIBAKE: ("mojibake", "are UTF-8 that was read as Latin-1"),
    MismatchCause.NO_COUNTRY_CODE: ("no_country_code", "have no country code"),
}

# What another pipeline may have done instead of the specification; if two variants
# make the same tokens, the first says more about the cause.
_BY_VARIANT = {
    "case_kept": (
        MismatchCause.CASE_KEPT,
        "are made of letters in their original case",
    ),
    "accents_kept": (
        MismatchCause.ACCENTS_KEPT,
        "are made of letters with their accents",
    ),
    "unkeyed": (MismatchCause.UNKEYED, "are plain SHA-256 of the value"),
    "untrimmed": (MismatchCause.NOT_NORMALISED, "are made of the raw value"),
}

_LUHN_KINDS = frozenset(kind.value for kind, spec in KINDS.items() if spec.luhn_digit)
"""Names of kinds of which nearly all identifiers have a right check digit."""

_FEW_CHECK_DIGITS = 0.4
_MOST_CHECK_DIGITS = 0.8


def agreement_findings(left: TokenManifest, right: TokenManifest) -> Iterator[Finding]:
    """Yield the parties' disagreements; each of them spoils every token."""
    if left.partnership != right.partnership:
        yield _both(
            MismatchCause.OTHER_PARTNERSHIP,
            f'the contracts are "{left.partnership}" and "{right.partnership}"',
        )
    if left.spec_sha256 != right.spec_sha256:
        yield _both(MismatchCause.OTHER_SPECIFICATION, _where_they_differ(left, right))
    for column in left.columns:
        other = right.column_of(column.subject)
        if other is not None and other.label != column.label:
            evidence = f"{column.subject} is {column.label} and {other.label}"
            yield _both(MismatchCause.OTHER_IDENTIFIER, evidence)
    ids = ({one.key_id, *one.retiring} for one in (left, right))
    if not set.intersection(*ids):
        yield _both(
            MismatchCause.OTHER_KEY_ID,
            f"the keys are {left.key_id} and {right.key_id}",
        )
    if (
        left.partnership == right.partnership
        and left.key_id == right.key_id
        and left.key_check_value != right.key_check_value
    ):
        yield _both(MismatchCause.WRONG_KEY, "the key check values differ")


def _where_they_differ(left: TokenManifest, right: TokenManifest) -> str:
    """Return the first steps and the tables in which two specifications differ."""
    found = []
    for kind in sorted({*left.steps, *right.steps}):
        at = first_difference(left.steps.get(kind, ()), right.steps.get(kind, ()))
        if at is not None:
            found.append(f"{kind} from step {at} on")
    names = sorted({*left.tables, *right.tables})
    found += [
        f"table {name}"
        for name in names
        if left.tables.get(name) != right.tables.get(name)
    ]
    return "they differ in " + (", ".join(found) or "a rule that no vector reaches")


def _both(cause: MismatchCause, evidence: str) -> Finding:
    """Return a finding about both sides."""
    return Finding(cause=cause, party="", column="", share=1.0, evidence=evidence)


def column_findings(
    manifest: TokenManifest, column: ColumnManifest, other: ColumnManifest
) -> list[Finding]:
    """Return what is wrong with one side's column, compared with the other side's."""
    party = manifest.party
    found = [*_variants(party, column)]
    for ours, theirs in zip(column.components, other.components, strict=False):
        found += _reasons(party, ours)
        found += _shapes(party, ours, theirs)
        found += digit_findings(party, ours, theirs)
    return found


def _variants(party: str, column: ColumnManifest) -> Iterator[Finding]:
    """Yield how another pipeline made the tokens, if not by the specification."""
    if not column.made_by:
        return
    right = column.made_by.get("spec", 0.0)
    best = max(_BY_VARIANT, key=lambda variant: column.made_by.get(variant, 0.0))
    share = column.made_by.get(best, 0.0)
    if share > right:
        cause, text = _BY_VARIANT[best]
        if best == "untrimmed" and column.components[-1].trait(Trait.BLANK_AFTER):
            cause, text = (
                MismatchCause.TRAILING_BLANKS,
                f"{text}, with blanks at its end",
            )
        evidence = f"{_percent(share)} of the shared tokens {text}"
        yield _one(cause, party, column.column, 1 - right, evidence)
    elif right < 1:
        cause = MismatchCause.UNKNOWN_VARIANT
        evidence = (
            f"only {_percent(right)} of the shared tokens follow the specification"
        )
        yield _one(cause, party, column.column, 1 - right, evidence)


def _reasons(party: str, component: ComponentManifest) -> Iterator[Finding]:
    """Yield what spoilt identifiers before they were tokenised."""
    source = component.source
    for cause, (reason, text) in _BY_REASON.items():
        if share := component.share(reason):
            yield _one(cause, party, source, share, f"{_percent(share)} {text}")
    if share := component.share("lost_zero"):
        evidence = f"{_percent(share)} are one digit short"
        yield _one(MismatchCause.LOST_ZEROS, party, source, share, evidence)
    if share := component.share("bad_date"):
        # The first twelve days of a month are read as other dates, so they count too.
        spoilt = min(1, share * 1.6)
        evidence = f"{_percent(share)} are no day of the calendar"
        yield _one(MismatchCause.DAY_MONTH_SWAPPED, party, source, spoilt, evidence)
    if share := component.share(*_ABSENT):
        evidence = f"{_percent(share)} have no value"
        yield _one(MismatchCause.MISSING_VALUES, party, source, share, evidence)


def _shapes(
    party: str, component: ComponentManifest, other: ComponentManifest
) -> Iterator[Finding]:
    """Yield that a column holds something else than identifiers of its kind."""
    cause = MismatchCause.WRONG_COLUMN
    wrong = component.share(*_SHAPE)
    if wrong:
        evidence = f"{_percent(wrong)} do not have the shape of {component.kind}"
        yield _one(cause, party, component.source, wrong, evidence)
    if component.kind in _LUHN_KINDS and component.rows and other.rows:
        ours = component.trait(Trait.CHECK_DIGIT)
        theirs = other.trait(Trait.CHECK_DIGIT)
        # One in ten numbers passes by chance; real identifiers nearly all do.
        if ours < _FEW_CHECK_DIGITS < _MOST_CHECK_DIGITS < theirs:
            evidence = (
                f"{_percent(ours)} have a right check digit, "
                f"{_percent(theirs)} on the other side"
            )
            yield _one(cause, party, component.source, 1 - ours, evidence)


def _one(
    cause: MismatchCause, party: str, column: str, share: float, text: str
) -> Finding:
    """Return a finding about one side."""
    return Finding(cause=cause, party=party, column=column, share=share, evidence=text)


def _percent(share: float) -> str:
    """Return a share as a percentage that a reader takes in at once."""
    return f"{share:.0%}" if share >= 0.01 else "under 1%"  # noqa: PLR2004 - 1 %

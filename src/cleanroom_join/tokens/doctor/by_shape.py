"""What lengths, alphabets and check digits say: a column that holds something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Clue, MismatchCause, percent
from cleanroom_join.tokens.doctor.manifest import Trait
from cleanroom_join.tokens.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.tokens.doctor.manifest import ComponentManifest

__all__ = ["shape_clues"]

_LUHN_KINDS = frozenset(kind.value for kind, spec in KINDS.items() if spec.luhn_digit)
"""Names of kinds of which nearly all identifiers have a right check digit."""

_FEW_CHECK_DIGITS = 0.4
_MOST_CHECK_DIGITS = 0.8

_DIGESTS = {
    "32": "MD5 in hexadecimal, or a UUID",
    "36": "a UUID",
    "40": "SHA-1 in hexadecimal",
    "44": "SHA-256 in base64",
    "56": "SHA-224 in hexadecimal",
    "64": "SHA-256 in hexadecimal",
    "88": "SHA-512 in base64",
    "96": "SHA-384 in hexadecimal",
    "128": "SHA-512 in hexadecimal",
}
"""What texts of one length are, if nearly all of them are refused."""

_NEARLY_ALL = 0.9

_OTHER_LENGTHS = 0.5
"""Share of values of a length that fewer values have on the other side."""

_CUT = 0.05
"""Share of values that are longer on the other side than the longest here."""

_LONG_AS_AGREED = frozenset(
    kind.value for kind, spec in KINDS.items() if spec.leading_zeros_matter
)
"""Names of kinds of which a table has identifiers of a few lengths."""

_LATIN_KINDS = frozenset(kind.value for kind, spec in KINDS.items() if spec.free_text)

_REFUSED = frozenset(
    (
        MismatchCause.WRONG_COLUMN,
        MismatchCause.ROWS_REFUSED,
        MismatchCause.OTHER_LENGTH,
    )
)


def shape_clues(
    component: ComponentManifest, other: ComponentManifest
) -> Iterator[Clue]:
    """Yield what the values of both sides look like, as far as it differs."""
    yield from _digests(component, other)
    yield from _check_digits(component, other)
    yield from _alphabet(component)
    if component.sizes and other.sizes:
        yield from _lengths(component, other)


def _digests(component: ComponentManifest, other: ComponentManifest) -> Iterator[Clue]:
    """Yield that nearly all values are as long as a digest, and refused."""
    refused = 1 - component.share("ready", "other_hash")
    for size, form in _DIGESTS.items():
        ours, theirs = _raw_share(component, size), _raw_share(other, size)
        if min(refused, ours) >= _NEARLY_ALL > theirs:
            yield Clue(
                cause=MismatchCause.ALREADY_HASHED,
                share=min(refused, ours),
                evidence=f"{percent(ours)} have {size} characters, as {form}",
                explains=_REFUSED,
            )


def _raw_share(component: ComponentManifest, size: str) -> float:
    """Return the share of raw values of a length."""
    rows = sum(component.raw_lengths.values())
    return component.raw_lengths.get(size, 0) / max(rows, 1)


def _check_digits(
    component: ComponentManifest, other: ComponentManifest
) -> Iterator[Clue]:
    """Yield that few numbers have a right check digit."""
    if component.kind not in _LUHN_KINDS or not component.rows or not other.rows:
        return
    ours = component.trait(Trait.CHECK_DIGIT)
    theirs = other.trait(Trait.CHECK_DIGIT)
    # One in ten numbers passes by chance; real identifiers nearly all do.
    wrong = (1 - ours) * component.share("ready")
    if wrong and ours < _FEW_CHECK_DIGITS < _MOST_CHECK_DIGITS < theirs:
        yield Clue(
            cause=MismatchCause.WRONG_COLUMN,
            share=wrong,
            evidence=f"{percent(ours)} have a right check digit, "
            f"{percent(theirs)} on the other side",
        )


def _alphabet(component: ComponentManifest) -> Iterator[Clue]:
    """Yield that names are refused for their letters."""
    refused = component.share("forbidden_character")
    if component.kind in _LATIN_KINDS and refused:
        share = min(refused, component.trait(Trait.NOT_ASCII))
        if share >= refused / 2:
            yield Clue(
                cause=MismatchCause.OTHER_ALPHABET,
                share=refused,
                evidence=f"{percent(refused)} have letters of another alphabet",
                explains=_REFUSED,
            )


def _lengths(component: ComponentManifest, other: ComponentManifest) -> Iterator[Clue]:
    """Yield that values are cut off, or of another length than on the other side."""
    (ours, rare), (theirs, rare_there) = _shares(component), _shares(other)
    longest = max(ours)
    longer = sum(share for size, share in theirs.items() if size > longest)
    heaped = ours[longest] - theirs.get(longest, 0.0)
    # Rare lengths are not published, so they may be longer.
    cut = len(ours) > 1 and rare < longer / 2 <= heaped
    if cut and longer >= _CUT:
        yield Clue(
            cause=MismatchCause.TRUNCATED,
            share=longer,
            evidence=f"none have more than {longest} characters, "
            f"{percent(longer)} on the other side",
            explains=_REFUSED,
        )
    apart = sum(max(0.0, share - theirs.get(size, 0.0)) for size, share in ours.items())
    if component.kind in _LONG_AS_AGREED and apart - rare_there >= _OTHER_LENGTHS:
        most, there = (max(one, key=one.__getitem__) for one in (ours, theirs))
        yield Clue(
            cause=MismatchCause.OTHER_LENGTH,
            share=apart,
            evidence=f"most have {most} characters, on the other side {there}",
            mutual=True,
        )


def _shares(component: ComponentManifest) -> tuple[dict[int, float], float]:
    """Return the share of values by length, and the share of all rare lengths."""
    rows = sum(component.lengths.values())
    shares = {size: count / rows for size, count in component.sizes.items()}
    return shares, 1 - sum(shares.values())

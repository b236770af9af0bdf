"""The doctor's rules: which figures of two manifests are evidence for which cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.bisect import first_difference
from cleanroom_join.tokens.doctor.by_date import date_clues
from cleanroom_join.tokens.doctor.by_digits import digit_clues
from cleanroom_join.tokens.doctor.by_phone import phone_clues
from cleanroom_join.tokens.doctor.by_reason import reason_clues
from cleanroom_join.tokens.doctor.by_shape import shape_clues
from cleanroom_join.tokens.doctor.causes import Finding, MismatchCause, percent
from cleanroom_join.tokens.doctor.manifest import Trait
from cleanroom_join.tokens.doctor.overlap import evenly_filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.tokens.doctor.causes import Clue
    from cleanroom_join.tokens.doctor.manifest import (
        ColumnManifest,
        ComponentManifest,
        TokenManifest,
    )

__all__ = ["agreement_findings", "column_findings", "outside_findings"]

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

_SAME_ROWS = 0.5
"""A cause explains another if it spoils at least so much of what that one spoils."""


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
    left: tuple[TokenManifest, ColumnManifest],
    right: tuple[TokenManifest, ColumnManifest],
) -> list[Finding]:
    """Return what is wrong with the columns of one subject on both sides."""
    found: list[Finding] = []
    for manifest, column in (left, right):
        found += _variants(manifest.party, column)
        if not evenly_filled(column.buckets):
            cause = MismatchCause.NOT_RANDOM
            evidence = "some buckets have far more of the tokens than others"
            found.append(_one(cause, manifest.party, column.column, 1.0, evidence))
    parties = left[0].party, right[0].party
    for pair in zip(left[1].components, right[1].components, strict=False):
        found += _component_findings(parties, pair)
    return found


def _component_findings(
    parties: tuple[str, str], pair: tuple[ComponentManifest, ComponentManifest]
) -> Iterator[Finding]:
    """Yield what is wrong with one component, as far as nothing else explains it."""
    sides = _clues(*pair), _clues(*reversed(pair))
    told: set[tuple[str, MismatchCause]] = set()
    for party, component, clues in zip(parties, pair, sides, strict=True):
        for clue in clues:
            others = [*sides[0], *sides[1]] if clue.mutual else clues
            by = "" if clue.mutual else party
            if (by, clue.cause) in told or _is_explained(clue, others):
                continue
            told.add((by, clue.cause))
            yield _one(clue.cause, by, component.source, clue.share, clue.evidence)


def _clues(component: ComponentManifest, other: ComponentManifest) -> list[Clue]:
    """Return what the rules see in one raw column; the most telling first."""
    return [
        *date_clues(component, other),
        *phone_clues(component, other),
        *digit_clues(component, other),
        *shape_clues(component, other),
        *reason_clues(component),
    ]


def _is_explained(clue: Clue, clues: Sequence[Clue]) -> bool:
    """Return whether another clue says more about the rows of *clue*."""
    return any(
        clue.cause in other.explains and other.share >= _SAME_ROWS * clue.share
        for other in clues
        if other is not clue
    )


def outside_findings(manifest: TokenManifest) -> Iterator[Finding]:
    """Yield the columns of which much lies outside what the contract declares."""
    for name, share in sorted(manifest.outside.items()):
        evidence = f"{percent(share)} or more lie outside the domain or the bounds"
        cause = MismatchCause.OUTSIDE_CONTRACT
        yield _one(cause, manifest.party, name, share, evidence)


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
        evidence = f"{percent(share)} of the shared tokens {text}"
        yield _one(cause, party, column.column, 1 - right, evidence)
    elif right < 1:
        cause = MismatchCause.UNKNOWN_VARIANT
        evidence = (
            f"only {percent(right)} of the shared tokens follow the specification"
        )
        yield _one(cause, party, column.column, 1 - right, evidence)


def _one(
    cause: MismatchCause, party: str, column: str, share: float, text: str
) -> Finding:
    """Return a finding about one side."""
    return Finding(cause=cause, party=party, column=column, share=share, evidence=text)

"""
Advice in words, for a terminal or a file of its own.

No count under k and no figure that names one: sums of subjects are multiples of k, and
percentages are of these.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from cleanroom_join.advice.effect import floored, suppressions, utility
from cleanroom_join.disclosure.rule_texts import rule_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cleanroom_join.advice.change import Change
    from cleanroom_join.advice.effect import (
        Advice,
        Answered,
        Effect,
        Suppression,
        Utility,
    )
    from cleanroom_join.contract import Policy
    from cleanroom_join.disclosure import Rule

__all__ = [
    "SECRECY",
    "WORDS",
    "advice_lines",
    "share_text",
    "subjects_text",
    "suppression_lines",
]

SECRECY = (
    "Only a rehearsal shows this. It says which rule suppressed what, which no release"
    " does: rehearse with test data or with your own, keep this text to yourself, and"
    " show the other company the changed contract only."
)

WORDS = (
    "A finest cell has one value of each dimension. Person-cells are the subjects of"
    " finest cells, added up over the cells, in steps of k: a subject in two cells"
    " counts twice. Line numbers are those of the contract as it is."
)

_NOT_PROMISED = (
    "Nothing that makes the policy less strict was tried, and no two changes together."
    " Some decisions about near duplicates depend on a run's secret key: the same"
    " change may publish a few person-cells in a hundred more or less in another run."
)

_INDENT = "    "
_WIDTH = 96
"""Characters of a line of prose."""


def suppression_lines(answers: Mapping[str, Answered], policy: Policy) -> Iterator[str]:
    """
    Yield what is published of each output, and what each rule suppressed.

    Args:
        answers: The answers by output.
        policy: The effective policy.
    """
    k = policy.min_cohort
    rules: dict[Rule, None] = {}
    for name, answered in answers.items():
        yield from _wrapped(f"{name}: {_utility(utility(answered), k)}.")
        for found in suppressions(answered):
            yield f"  {found.rule.value} suppressed {_suppressed(found, k)}."
            rules[found.rule] = None
    for rule in rules:
        text = rule_text(rule, policy)
        yield ""
        yield f"{rule.value}:"
        yield from _wrapped(f"{text.does} {text.why}", _INDENT)


def advice_lines(advice: Advice) -> Iterator[str]:
    """Yield everything that advice says, line by line."""
    contract = advice.contract
    k = contract.policy.min_cohort
    yield f"Advice on {contract.terms.id}, revision {contract.terms.revision}"
    yield ""
    yield from _wrapped(SECRECY)
    yield from _wrapped(WORDS)
    yield ""
    yield "What is published, and what the rules suppressed"
    yield ""
    yield from suppression_lines(advice.answers, contract.policy)
    yield ""
    yield f"What would publish more, the largest gain first (k = {k:,})"
    for number, effect in enumerate(advice.better, start=1):
        yield ""
        yield f"{number}. {effect.change.description}."
        for line in _effect(effect, k):
            yield from _wrapped(line, _INDENT)
        yield from (f"{_INDENT}{line}" for line in _how(effect.change))
    if advice.is_complete:
        yield ""
        yield "None: everything that the contract asks for is published."
    elif not advice.tried:
        yield ""
        yield "No change was tried."
    elif not advice.better:
        yield ""
        yield "No change that was tried publishes more."
    yield from _others(advice)


def subjects_text(count: int, k: int, *, cells: int) -> str:
    """
    Return the subjects of some cells in steps of k.

    Examples:
        >>> subjects_text(12345, 100, cells=9), subjects_text(7, 100, cells=1)
        ('12,300', 'fewer than 100')
        >>> subjects_text(0, 100, cells=0)
        '0'
    """
    whole = floored(count, k)
    return f"{whole:,}" if whole or not cells else f"fewer than {k:,}"


def share_text(found: Utility, k: int) -> str:
    """Return which share of all person-cells is published, in per cent."""
    whole = floored(found.all_subjects, k)
    share = floored(found.subjects, k) / whole if whole else 0
    return f"{share:.1%}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    """Return prose in lines; lines to paste are never broken."""
    return wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _utility(found: Utility, k: int) -> str:
    """Return how much of an output is published."""
    return (
        f"{found.published:,} of {found.finest:,} finest cells, with"
        f" {subjects_text(found.subjects, k, cells=found.published)} of"
        f" {subjects_text(found.all_subjects, k, cells=found.finest)} person-cells"
        f" ({share_text(found, k)}){_totals(found)}"
        f"; {_count(found.coarser, 'coarser cell')}"
    )


def _totals(found: Utility) -> str:
    """Return how many totals are published, if there are any."""
    if not found.all_totals:
        return ""
    return f"; {found.totals:,} of {found.all_totals:,} totals"


def _suppressed(found: Suppression, k: int) -> str:
    """Return how much a rule suppressed."""
    totals = f" and {_count(found.totals, 'total')}" if found.totals else ""
    if not found.finest:
        return _count(found.totals, "total")
    subjects = subjects_text(found.subjects, k, cells=found.finest)
    cells = _count(found.finest, "finest cell")
    return f"{cells} ({subjects} person-cells){totals}"


def _count(count: int, what: str) -> str:
    """Return a number of things."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _effect(effect: Effect, k: int) -> Iterator[str]:
    """Yield what becomes of each output that a change concerns."""
    for name, after in effect.after.items():
        before = effect.before[name]
        if after == before:
            continue
        gained = floored(after.subjects, k) - floored(before.subjects, k)
        cells = after.published - before.published
        totals = ""
        if before.all_totals:
            totals = (
                f"; totals: {before.totals:,} of {before.all_totals:,}"
                f" -> {after.totals:,} of {after.all_totals:,}"
            )
        coarser = ""
        if before.coarser or after.coarser:
            coarser = f"; coarser cells: {before.coarser:,} -> {after.coarser:,}"
        yield (
            f"{name}: {gained:+,} person-cells"
            f" ({share_text(before, k)} -> {share_text(after, k)}),"
            f" {cells:+,} {'finest cell' if abs(cells) == 1 else 'finest cells'}"
            f" ({before.published:,} of {before.finest:,}"
            f" -> {after.published:,} of {after.finest:,}){totals}{coarser}"
        )


def _how(change: Change) -> Iterator[str]:
    """Yield the lines to paste, and what to change in a raw table."""
    if change.raw is not None:
        yield f"In the raw table of {change.raw.asset}, before it is tokenised, in SQL:"
        yield f"{_INDENT}{change.raw.sql}"
    for hunk in change.hunks:
        last = hunk.line + len(hunk.removed) - 1
        lines = (
            f"line {hunk.line}" if last <= hunk.line else f"lines {hunk.line}-{last}"
        )
        below = f", below {hunk.table}" if hunk.table else ""
        if not hunk.removed:
            yield f"Before {lines}{below}, add:"
        elif not hunk.added:
            yield f"Delete {lines}{below}:"
            yield from _shortened(hunk.removed)
        else:
            yield f"Replace {lines}{below}, by:"
        yield from (f"{_INDENT}{line}".rstrip() for line in hunk.added)


_SHOWN = 3
"""Lines of a deletion that are shown."""


def _shortened(lines: Iterable[str]) -> Iterator[str]:
    """Yield the first lines of a deletion, and how many more there are."""
    every = list(lines)
    yield from (f"{_INDENT}{line}".rstrip() for line in every[:_SHOWN])
    if len(every) > _SHOWN:
        yield f"{_INDENT}... and {len(every) - _SHOWN:,} more"


def _others(advice: Advice) -> Iterator[str]:
    """Yield which changes publish no more, and which were not tried."""
    if advice.other:
        yield ""
        yield "Tried, and they publish no more:"
        for effect in advice.other:
            refused = effect.refusal
            why = "" if refused is None else f" (refused: {refused.code})"
            yield f"  - {effect.change.description}{why}"
    if advice.untried:
        yield ""
        yield (
            f"Not tried: {_count(len(advice.untried), 'change')}. A larger --try tries"
            " them too:"
        )
        yield from (f"  - {change.description}" for change in advice.untried)
    yield ""
    yield from _wrapped(_NOT_PROMISED)

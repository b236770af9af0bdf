"""The policy and the rules in plain language: the same words for every release."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.policy import SETTINGS, DifferencingAction
from cleanroom_join.disclosure import Rule, number_text
from cleanroom_join.disclosure.rule_texts import rows_text, rule_text

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy

__all__ = [
    "NEVER_BY_RULE",
    "PolicyLine",
    "RuleLine",
    "contribution_text",
    "policy_lines",
    "protection_notes",
    "rule_lines",
]

NEVER_BY_RULE = (
    "How many cells are missing by which rule is not told: where somebody can arrange "
    "all cells but one, the rule would tell what is in the last."
)
"""Why there is no figure beside a rule (docs/adr/0016-report-what-is-published.md)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyLine:
    """One setting of the effective policy."""

    name: str
    """As the contract writes it."""
    value: str
    words: str
    """What it means."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleLine:
    """One rule of the guard."""

    name: str
    """Its code."""
    does: str
    """What it does, with the limits in force."""
    why: str
    """Why a cell may be missing because of it, and what harm that prevents."""


_SETTING_WORDS = {
    "min_cohort": "k: every published figure is about at least so many people",
    "min_opposite": "m: at least so many people on either side of every rate, and off"
    " either bound of every measure",
    "l_diversity": "l: at least so many values of a sensitive dimension must occur"
    " wherever one of them is shown",
    "max_clamped_share": "at most this share of rows may be outside a measure's bounds",
    "dominance_n": "how many of the largest contributors are looked at together",
    "dominance_share": "they must hold less than this share of a figure",
    "dominance_p": "all others must hold at least so many percent of the largest",
    "count_base": "counts are rounded to multiples of this",
    "rate_digits": "rates, means and sums keep so many significant digits",
    "perturbation_variance": "variance of the noise that counts carry, where they do",
    "max_noise": "largest noise of a count, upwards and downwards",
    "contribution_rows": "everybody counts for at most so many rows in each cell and"
    " total, and noise is sized to hide so many; 0 is no bound",
    "max_cells": "a question may have at most so many combinations of values",
    "max_releases": "at most so many releases under this contract",
    "max_releases_a_month": "at most so many releases within 30 days",
    "min_match_rate": "at least this share of the smaller table must match",
}
_PROTECTION_WORDS = {
    "threshold": "cells that break a rule are withheld; all others are rounded",
    "perturbed": "as threshold, and figures carry noise that is the same whenever the"
    " same people are in a cell; totals need not be the sums of their cells",
}
_PROTECTION_NOTES = {
    "perturbed": "figures carry noise, so totals need not be the sums of their cells",
}
_BOUND_WORDS = (
    "in each cell and total everybody counts for at most {rows}, who has more with"
    " the same mean; noise of counts and sums is sized to hide {rows} of anybody, with"
    " the largest values that the contract allows"
)
_DIFFERENCING_WORDS = {
    DifferencingAction.REPEAT: "a cell that differs too little from an earlier release"
    " shows that release's figures again",
    DifferencingAction.SUPPRESS: "a cell that differs too little from an earlier"
    " release is withheld",
}


def policy_lines(policy: Policy) -> tuple[PolicyLine, ...]:
    """Return every setting of a policy, in words."""
    numbers = tuple(
        PolicyLine(
            name=".".join(setting.path),
            value=_number(getattr(policy, setting.name)),
            words=_SETTING_WORDS.get(setting.name, ""),
        )
        for setting in SETTINGS
    )
    return (
        *numbers,
        PolicyLine(
            name="protection",
            value=policy.protection.value,
            words=_PROTECTION_WORDS.get(policy.protection.value, ""),
        ),
        PolicyLine(
            name="differencing",
            value=policy.differencing.value,
            words=_DIFFERENCING_WORDS[policy.differencing],
        ),
    )


def protection_notes(policy: Policy) -> tuple[str, ...]:
    """Return what readers of the figures must know of the protection."""
    note = _PROTECTION_NOTES.get(policy.protection.value)
    return tuple(text for text in (note, contribution_text(policy)) if text is not None)


def contribution_text(policy: Policy) -> str | None:
    """
    Return what the bound on contributions means; None if there is none.

    >>> from cleanroom_join.contract import Policy
    >>> contribution_text(Policy()) is None
    True
    """
    if not policy.contribution_bounded:
        return None
    return _BOUND_WORDS.format(rows=rows_text(policy))


def _number(value: int | Decimal) -> str:
    """Return a setting's value."""
    return number_text(value) if isinstance(value, Decimal) else f"{value:,}"


def rule_lines(policy: Policy) -> tuple[RuleLine, ...]:
    """Return what every rule does and why, in the order in which they are asked."""
    texts = {rule: rule_text(rule, policy) for rule in Rule}
    return tuple(
        RuleLine(name=rule.value, does=text.does, why=text.why)
        for rule, text in texts.items()
    )

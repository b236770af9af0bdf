"""The policy, the rules and the terms in plain language, the same for every release."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract import Protection
from cleanroom_join.contract.terms.settings import SETTINGS
from cleanroom_join.disclosure import Rule, number_text
from cleanroom_join.disclosure.rule_texts import rows_text, rule_text

if TYPE_CHECKING:
    from cleanroom_join.contract import Policy

__all__ = [
    "NO_COUNTS_BY_RULE",
    "TERMS",
    "DescribedRule",
    "DescribedSetting",
    "contribution_text",
    "described_rules",
    "described_settings",
    "protection_notes",
]

TERMS = (
    (
        "subject",
        "a person or thing that the contract protects, such as a card or a patient",
    ),
    (
        "cell",
        "one row: a combination of values, such as region and age, with its figures",
    ),
    (
        "coarser cell",
        "a cell with more general labels; it stands for several combinations",
    ),
    ("total", "a cell that sums over all values of one or more dimensions"),
    (
        "suppressed",
        "not published, to protect the subjects of this cell or of another",
    ),
)
"""Words that a report uses, for readers who meet them here first."""

NO_COUNTS_BY_RULE = (
    "The report does not say how many cells each rule suppressed. Somebody who controls"
    " all cells but one could infer from such a count which rule suppressed the last"
    " cell, and so what is in it."
)
"""Why there is no figure beside a rule (docs/adr/0016-report-what-is-published.md)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DescribedSetting:
    """One setting of the effective policy."""

    name: str
    """As the contract writes it."""
    value: str
    meaning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DescribedRule:
    """One rule of the guard."""

    name: str
    """Its code."""
    does: str
    """What it does, with the limits in force."""
    why: str
    """Which harm it prevents."""


_NOISE_NOTE = "figures carry noise, so totals need not equal the sums of their cells"
_BOUND_TEXT = (
    "no subject counts for more than {rows} in a cell or total: larger contributions"
    " are scaled down, keeping their mean; noise of counts and sums is scaled to hide"
    " {rows} of any one subject, with the largest values that the contract allows"
)


def described_settings(policy: Policy) -> tuple[DescribedSetting, ...]:
    """Return every setting of a policy with its meaning."""
    numbers = tuple(
        DescribedSetting(
            name=".".join(setting.path),
            value=_number(getattr(policy, setting.name)),
            meaning=setting.meaning,
        )
        for setting in SETTINGS
    )
    return (
        *numbers,
        DescribedSetting(
            name="protection",
            value=policy.protection.value,
            meaning=policy.protection.meaning,
        ),
        DescribedSetting(
            name="differencing",
            value=policy.differencing.value,
            meaning=policy.differencing.meaning,
        ),
    )


def protection_notes(policy: Policy) -> tuple[str, ...]:
    """Return what readers of the figures must know of their protection."""
    noise = _NOISE_NOTE if policy.protection is Protection.PERTURBED else None
    return tuple(t for t in (noise, contribution_text(policy)) if t is not None)


def contribution_text(policy: Policy) -> str | None:
    """
    Return what the bound on contributions means; None if there is none.

    Examples:
        >>> from cleanroom_join.contract import Policy
        >>> contribution_text(Policy()) is None
        True
    """
    if not policy.contribution_bounded:
        return None
    return _BOUND_TEXT.format(rows=rows_text(policy))


def _number(value: int | Decimal) -> str:
    """Return a setting's value."""
    return number_text(value) if isinstance(value, Decimal) else f"{value:,}"


def described_rules(policy: Policy) -> tuple[DescribedRule, ...]:
    """Return what every rule does and why, in the order in which the guard asks it."""
    texts = {rule: rule_text(rule, policy) for rule in Rule}
    return tuple(
        DescribedRule(name=rule.value, does=text.does, why=text.why)
        for rule, text in texts.items()
    )

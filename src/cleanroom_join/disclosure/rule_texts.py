"""The plain-language text of every rule, with the limits of a policy."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.budget import spending
from cleanroom_join.disclosure.differencing import rule as differencing
from cleanroom_join.disclosure.model.result import number_text
from cleanroom_join.disclosure.model.rule import Rule, RuleText
from cleanroom_join.disclosure.primary import PRIMARY_RULES
from cleanroom_join.disclosure.suppression import complementary
from cleanroom_join.members import Members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract import Policy

__all__ = ["policy_limits", "rows_text", "rule_text"]

_TEXTS = Members(
    {rule: primary_rule.text for rule, primary_rule in PRIMARY_RULES.items()}
    | {
        Rule.BUDGET: spending.TEXT,
        Rule.DIFFERENCING: differencing.TEXT,
        Rule.COMPLEMENTARY: complementary.TEXT,
    }
)


def rule_text(rule: Rule, policy: Policy) -> RuleText:
    """
    Return what a rule does and why, with the limits in force.

    Raises:
        InternalError: If there is no such rule.
    """
    text = _TEXTS[rule]
    does = text.does
    if policy.contribution_bounded and text.does_bounded is not None:
        does = text.does_bounded
    return RuleText(does=does.format_map(policy_limits(policy)), why=text.why)


def policy_limits(policy: Policy) -> Mapping[str, str]:
    """
    Return the limits that texts of rules may name in braces.

    These are the numbers of the policy by the names of its fields, and short names of
    some.
    """
    n = policy.dominance_n
    numbers = {
        field.name: f"{Decimal(value).normalize():,f}"
        for field in fields(policy)
        if isinstance(value := getattr(policy, field.name), (int, Decimal))
    }
    return numbers | {
        "k": f"{policy.min_cohort:,}",
        "enough": f"{policy.min_cohort + policy.max_noise:,}",
        "m": f"{policy.min_opposite:,}",
        "m_enough": f"{policy.min_opposite + policy.max_noise:,}",
        "l": f"{policy.l_diversity:,}",
        "largest": "largest contributor" if n == 1 else f"{n} largest contributors",
        "share": number_text(policy.dominance_share * 100),
        "p": f"{policy.dominance_p}",
        "clamped": number_text(policy.max_clamped_share * 100),
        "rows": rows_text(policy),
        "values": number_text(policy.budget_values),
        "membership": number_text(policy.budget_membership),
    }


def rows_text(policy: Policy) -> str:
    """Return how many rows a subject counts for at most, as text."""
    count = policy.contribution_rows
    return f"{count:,} row" if count == 1 else f"{count:,} rows"

"""
The policy that the guard obeys, and the strictest of several opinions on it.

Both companies may ask for more protection; setting by setting, the stricter wish
holds.  `settings.SETTINGS` has the path, the limits and the direction of each number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.described import Described
from cleanroom_join.contract.terms.settings import (
    COHORT_FLOOR,
    SETTINGS,
    Setting,
    Stricter,
)
from cleanroom_join.errors import ContractError, Problem, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "DifferencingAction",
    "Policy",
    "PolicyOverrides",
    "Protection",
    "strictest",
    "weaker_settings",
]


class Protection(Described):
    """How figures are protected that no rule suppresses."""

    THRESHOLD = (
        "threshold",
        "A cell that breaks a rule is suppressed; all other figures are rounded.",
    )
    PERTURBED = (
        "perturbed",
        (
            "As threshold, and every figure carries noise: a small change drawn with a"
            " secret key, the same whenever the figure and its subjects are."
        ),
    )


_STRICTNESS = (Protection.THRESHOLD, Protection.PERTURBED)
"""From the least strict to the strictest."""


class DifferencingAction(Described):
    """What becomes of a cell that differs too little from an earlier release."""

    REPEAT = (
        "repeat",
        "A cell that differs too little from an earlier release repeats its figures.",
    )
    SUPPRESS = (
        "suppress",
        "A cell that differs too little from an earlier release is suppressed.",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """
    The complete policy; `SETTINGS` says what each number means.

    The defaults are those of schema 1.

    Raises:
        ContractError: On any value outside its limits, however it got here.
    """

    min_cohort: int = COHORT_FLOOR
    min_opposite: int = 10
    l_diversity: int = 2
    max_clamped_share: Decimal = Decimal("0.01")
    dominance_n: int = 2
    dominance_share: Decimal = Decimal("0.90")
    dominance_p: int = 10
    count_base: int = 5
    rate_digits: int = 3
    perturbation_variance: Decimal = Decimal(4)
    max_noise: int = 10
    contribution_rows: int = 0
    budget_values: Decimal = Decimal("0.25")
    budget_membership: Decimal = Decimal("0.2")
    max_cells: int = 10_000
    max_releases: int = 1000
    max_releases_a_month: int = 100
    min_match_rate: Decimal = Decimal(0)
    protection: Protection = Protection.THRESHOLD
    differencing: DifferencingAction = DifferencingAction.REPEAT

    def __post_init__(self) -> None:
        """Refuse values outside their limits."""
        problems = list(self._problems())
        if problems:
            raise ContractError.of(problems)

    def _problems(self) -> Iterator[Problem]:
        """Yield every setting that is no number or outside its limits."""
        for setting in SETTINGS:
            value = getattr(self, setting.name)
            if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
                text = f"must be a number, got {type(value).__name__}"
                fault: tuple[str, str] | None = (text, "E112")
            else:
                fault = setting.limits.fault(value)
            if fault is not None:
                yield Problem(".".join(("policy", *setting.path)), *fault)

    @property
    def contribution_bounded(self) -> bool:
        """
        Whether what a subject contributes is bounded, and noise covers the bound.

        A bound without noise would hide no subject; a contract with one is refused.
        """
        if self.protection is Protection.PERTURBED:
            return self.contribution_rows > 0
        if self.protection is Protection.THRESHOLD:
            return False
        return assert_never(self.protection)


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyOverrides:
    """What one party wishes; None where it has no wish."""

    values: tuple[tuple[str, int | Decimal], ...] = ()
    """Field names of `Policy` with the wished value."""
    protection: Protection | None = None


def weaker_settings(policy: Policy) -> tuple[Setting, ...]:
    """Return the settings of a policy that protect less than the defaults do."""
    usual = Policy()
    return tuple(
        s
        for s in SETTINGS
        if _stricter(s, _of(policy, s), _of(usual, s)) != _of(policy, s)
    )


def strictest(shared: Policy, wishes: Iterable[PolicyOverrides]) -> Policy:
    """
    Return the policy that satisfies the shared one and every party's wishes.

    Commutative, associative and idempotent: neither the order of the parties nor a
    wish that is repeated matters.
    """
    return reduce(_tighten, wishes, shared)


def _tighten(policy: Policy, wish: PolicyOverrides) -> Policy:
    """Return *policy* with every stricter value of *wish*."""
    changes = dict(wish.values)
    fields = {
        s.name: _stricter(s, _of(policy, s), changes.get(s.name)) for s in SETTINGS
    }
    protection = max(
        policy.protection, wish.protection or policy.protection, key=_STRICTNESS.index
    )
    return replace(policy, protection=protection, **fields)  # type: ignore[arg-type] # types follow SETTINGS


def _of(policy: Policy, setting: Setting) -> int | Decimal:
    """Return the value of a setting."""
    value: int | Decimal = getattr(policy, setting.name)
    return value


def _stricter(
    setting: Setting, value: int | Decimal, wish: int | Decimal | None
) -> int | Decimal:
    """Return the one that protects more."""
    if wish is None:
        return value
    if setting.stricter is Stricter.HIGHER:
        return max(value, wish)
    if setting.stricter is Stricter.LOWER:
        return min(value, wish)
    return assert_never(setting.stricter)

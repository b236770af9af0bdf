"""
The numbers the guard works with, and the strictest of several opinions on them.

Both companies may ask for more protection; what counts is, setting by setting,
the stricter wish.  `SETTINGS` is the one place that knows each setting's path,
limits and direction: parsing, merging and the change classifier all read it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import reduce
from typing import TYPE_CHECKING

from cleanroom_join.errors import ContractError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "COHORT_FLOOR",
    "SETTINGS",
    "DifferencingAction",
    "Policy",
    "PolicyOverrides",
    "Protection",
    "Setting",
    "Stricter",
    "strictest",
    "weaker_settings",
]

COHORT_FLOOR = 100
"""Smallest k, in distinct subjects.  Nothing sets a smaller one."""

_MAX_DIGITS = 18
"""Largest order of magnitude looked at; see `reader.small`."""


class Protection(Enum):
    """How published figures are protected beyond withholding."""

    THRESHOLD = "threshold"
    """Rules and rounding."""
    PERTURBED = "perturbed"
    """Rules, noise and rounding; the stricter one."""


_STRICTNESS = (Protection.THRESHOLD, Protection.PERTURBED)
"""From the least strict to the strictest."""


class DifferencingAction(Enum):
    """What becomes of a cell that differs too little from an earlier release."""

    REPEAT = "repeat"
    """Its earlier figures are shown again."""
    SUPPRESS = "suppress"
    """It is withheld."""


class Stricter(Enum):
    """Which direction of a setting protects more."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One number of the policy: where it stands in TOML and what it may be."""

    name: str
    """Field of `Policy`."""
    path: tuple[str, ...]
    """Keys below ``[policy]``."""
    stricter: Stricter
    minimum: Decimal
    maximum: Decimal
    whole: bool = True
    """Whether only whole numbers make sense."""


def _setting(
    name: str,
    path: str,
    stricter: Stricter,
    limits: tuple[str, str],
    *,
    whole: bool = True,
) -> Setting:
    """Shorten the table below."""
    low, high = (Decimal(limit) for limit in limits)
    return Setting(
        name=name,
        path=tuple(path.split(".")),
        stricter=stricter,
        minimum=low,
        maximum=high,
        whole=whole,
    )


_UP, _DOWN = Stricter.HIGHER, Stricter.LOWER
SETTINGS: tuple[Setting, ...] = (
    _setting("min_cohort", "min_cohort", _UP, (str(COHORT_FLOOR), "1000000")),
    _setting("min_opposite", "min_opposite", _UP, ("2", "1000000")),
    _setting("l_diversity", "l_diversity", _UP, ("2", "1000")),
    _setting(
        "max_clamped_share", "max_clamped_share", _DOWN, ("0", "0.5"), whole=False
    ),
    # Raising n adds subjects to the top group, whose share can only grow: more
    # is withheld, so higher is stricter (docs/adr/0002-larger-n-is-stricter.md).
    _setting("dominance_n", "dominance.n", _UP, ("1", "2")),
    _setting("dominance_share", "dominance.share", _DOWN, ("0.01", "1"), whole=False),
    _setting("dominance_p", "dominance.p_percent", _UP, ("1", "100")),
    _setting("count_base", "rounding.count", _UP, ("1", "1000")),
    _setting("rate_digits", "rounding.rate_digits", _DOWN, ("1", "6")),
    # Wherever these limits let them be, noise of a larger variance, and of a larger
    # bound, is the less certain one (docs/adr/0014-merge-noise-by-larger-variance.md).
    _setting(
        "perturbation_variance",
        "perturbation.variance",
        _UP,
        ("1", "36"),
        whole=False,
    ),
    _setting("max_noise", "perturbation.max_noise", _UP, ("10", "50")),
    # Noise grows with it, so a larger one hides whoever has fewer rows better
    # (docs/adr/0018-bound-contributions-and-scale-noise.md).
    _setting("contribution_rows", "contribution.rows", _UP, ("0", "1000")),
    _setting("max_cells", "max_cells", _DOWN, ("1", "100000")),
    _setting("max_releases", "releases.total", _DOWN, ("1", "1000000")),
    _setting("max_releases_a_month", "releases.per_month", _DOWN, ("1", "100000")),
    _setting("min_match_rate", "min_match_rate", _UP, ("0", "1"), whole=False),
)
"""Every setting, in the order the documentation lists them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """
    The complete policy; the defaults are those of schema 1.

    Raises:
        ContractError: On any value outside its limits, however it got here.
    """

    min_cohort: int = COHORT_FLOOR
    """k: fewest distinct subjects behind a published cell."""
    min_opposite: int = 10
    """m: fewest subjects on either side of a rate."""
    l_diversity: int = 2
    """l: fewest values of a sensitive dimension with m subjects each."""
    max_clamped_share: Decimal = Decimal("0.01")
    """Largest share of rows outside a measure's bounds."""
    dominance_n: int = 2
    """How many of the largest subjects are looked at together."""
    dominance_share: Decimal = Decimal("0.90")
    """Share of a total that they must stay under."""
    dominance_p: int = 10
    """What the others must hold, in percent of the largest subject."""
    count_base: int = 5
    """Counts are published as multiples of it."""
    rate_digits: int = 3
    """Significant digits of published rates, means and sums."""
    perturbation_variance: Decimal = Decimal(4)
    """Variance of the noise of counts; only where the protection is perturbed."""
    max_noise: int = 10
    """Largest noise of counts, upwards and downwards."""
    contribution_rows: int = 0
    """Most rows that a subject counts for in one item; 0 is no bound."""
    max_cells: int = 10_000
    """Largest number of possible cells of a question."""
    max_releases: int = 1000
    """Releases under one contract, of all its outputs."""
    max_releases_a_month: int = 100
    """Releases within 30 days."""
    min_match_rate: Decimal = Decimal(0)
    """Smallest share of the smaller table's subjects that must match."""
    protection: Protection = Protection.THRESHOLD
    differencing: DifferencingAction = DifferencingAction.REPEAT

    def __post_init__(self) -> None:
        """Refuse values outside their limits."""
        problems = [
            problem
            for setting in SETTINGS
            if (
                problem := limit_problem(setting, getattr(self, setting.name), "policy")
            )
        ]
        if problems:
            raise ContractError.of(problems)

    @property
    def contribution_bounded(self) -> bool:
        """
        Whether what a subject contributes is bounded, and noise covers the bound.

        A bound without noise would hide nobody; a contract that asks for it is refused.
        """
        return self.contribution_rows > 0 and self.protection is Protection.PERTURBED


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyOverrides:
    """What one party asks for; None where it has no opinion."""

    values: tuple[tuple[str, int | Decimal], ...] = ()
    """Field names of `Policy` with the wished value."""
    protection: Protection | None = None


def limit_problem(setting: Setting, value: object, prefix: str) -> Problem | None:
    """Return what is wrong with *value* for *setting*, or None."""
    path = ".".join((prefix, *setting.path))
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return Problem(path, f"must be a number, got {type(value).__name__}", "E112")
    if not Decimal(value).is_finite() or abs(Decimal(value).adjusted()) > _MAX_DIGITS:
        return Problem(path, "must be finite and of at most 18 digits", "E113")
    if setting.whole and value != int(value):
        return Problem(path, "must be a whole number", "E112")
    if setting.name == "min_cohort" and value < COHORT_FLOOR:
        return Problem(
            path, f"k must be at least {COHORT_FLOOR}; the floor is in the code", "E114"
        )
    if not setting.minimum <= value <= setting.maximum:
        return Problem(
            path, f"must be from {setting.minimum} to {setting.maximum}", "E113"
        )
    return None


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

    Commutative, associative and idempotent, so neither the order of the parties
    nor saying a thing twice matters.
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
    pick = max if setting.stricter is Stricter.HIGHER else min
    return value if wish is None else pick(value, wish)

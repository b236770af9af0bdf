"""
The numbers of the policy: where each stands, its limits, which direction is stricter.

`SETTINGS` is the one table of them: reading, merging, the report's words, the schema
and the reference all follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from cleanroom_join.contract.terms.limits import Limits

__all__ = ["COHORT_FLOOR", "SETTINGS", "Setting", "Stricter"]

COHORT_FLOOR = 100
"""Smallest k, in distinct subjects.  Nothing sets a smaller one."""


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
    limits: Limits
    meaning: str
    """One sentence for both parties, lawyers included."""


_UP, _DOWN = Stricter.HIGHER, Stricter.LOWER


def _setting(
    name: str,
    path: str,
    stricter: Stricter,
    limits: Limits,
    meaning: str,
) -> Setting:
    """Shorten the table below."""
    return Setting(
        name=name,
        path=tuple(path.split(".")),
        stricter=stricter,
        limits=limits,
        meaning=meaning,
    )


def _whole(minimum: int, maximum: int, floor: str = "") -> Limits:
    """Return the limits of a whole number."""
    return Limits(
        minimum=Decimal(minimum), maximum=Decimal(maximum), whole=True, floor=floor
    )


def _exact(minimum: str, maximum: str) -> Limits:
    """Return the limits of a number with decimal places."""
    return Limits(minimum=Decimal(minimum), maximum=Decimal(maximum))


SETTINGS: tuple[Setting, ...] = (
    _setting(
        "min_cohort",
        "min_cohort",
        _UP,
        _whole(
            COHORT_FLOOR,
            1_000_000,
            floor=f"k must be at least {COHORT_FLOOR}; the floor is in the code",
        ),
        "Every published figure is about at least this many subjects (k).",
    ),
    _setting(
        "min_opposite",
        "min_opposite",
        _UP,
        _whole(2, 1_000_000),
        "Every rate has at least this many subjects on either side, and every measure"
        " has as many off either of its bounds (m).",
    ),
    _setting(
        "l_diversity",
        "l_diversity",
        _UP,
        _whole(2, 1_000),
        "Wherever a value of a sensitive dimension is shown, at least this many of its"
        " values occur (l).",
    ),
    _setting(
        "max_clamped_share",
        "max_clamped_share",
        _DOWN,
        _exact("0", "0.5"),
        "At most this share of rows lies outside the bounds of a measure.",
    ),
    # Raising n adds subjects to the top group, whose share can only grow: more
    # is suppressed, so higher is stricter (docs/adr/0002-larger-n-is-stricter.md).
    _setting(
        "dominance_n",
        "dominance.n",
        _UP,
        _whole(1, 2),
        "The dominance rule takes this many of the largest contributors together.",
    ),
    _setting(
        "dominance_share",
        "dominance.share",
        _DOWN,
        _exact("0.01", "1"),
        "The largest contributors together hold less than this share of a figure.",
    ),
    _setting(
        "dominance_p",
        "dominance.p_percent",
        _UP,
        _whole(1, 100),
        "All other contributors together hold at least this percentage of what the"
        " largest one holds.",
    ),
    _setting(
        "count_base",
        "rounding.count",
        _UP,
        _whole(1, 1_000),
        "Published counts are multiples of this number.",
    ),
    _setting(
        "rate_digits",
        "rounding.rate_digits",
        _DOWN,
        _whole(1, 6),
        "Published rates, means and sums keep this many significant digits.",
    ),
    # Wherever these limits let them be, noise of a larger variance, and of a larger
    # bound, is the less certain one (docs/adr/0014-merge-noise-by-larger-variance.md).
    _setting(
        "perturbation_variance",
        "perturbation.variance",
        _UP,
        _exact("1", "36"),
        "The noise of a count has this variance, in subjects squared, if figures are"
        " perturbed.",
    ),
    _setting(
        "max_noise",
        "perturbation.max_noise",
        _UP,
        _whole(10, 50),
        "The noise of a count is at most this many, upwards and downwards, if figures"
        " are perturbed.",
    ),
    # Noise grows with it, so a larger one hides subjects with fewer rows better
    # (docs/adr/0018-bound-contributions-and-scale-noise.md).
    _setting(
        "contribution_rows",
        "contribution.rows",
        _UP,
        _whole(0, 1_000),
        "Every subject counts for at most this many rows in each cell and total, and"
        " noise is scaled to hide that many; 0 sets no bound.",
    ),
    # Shares, docs/adr/0033-a-budget-against-reconstruction.md.
    _setting(
        "budget_values",
        "budget.values",
        _DOWN,
        _exact("0.01", "1"),
        "The values of a measure column have at most this many figures for each"
        " subject that they are about, in all releases together.",
    ),
    _setting(
        "budget_membership",
        "budget.membership",
        _DOWN,
        _exact("0.01", "1"),
        "The membership of a table has at most this many figures for each subject that"
        " they are about, in all releases together.",
    ),
    _setting(
        "max_cells",
        "max_cells",
        _DOWN,
        _whole(1, 100_000),
        "A query has at most this many possible cells.",
    ),
    _setting(
        "max_releases",
        "releases.total",
        _DOWN,
        _whole(1, 1_000_000),
        "At most this many releases are in the ledger, of all outputs and of all"
        " contracts of the two companies together.",
    ),
    _setting(
        "max_releases_a_month",
        "releases.per_month",
        _DOWN,
        _whole(1, 100_000),
        "At most this many releases are made within 30 days, of all contracts alike.",
    ),
    _setting(
        "min_match_rate",
        "min_match_rate",
        _UP,
        _exact("0", "1"),
        "At least this share of the smaller table's subjects must match; noise of up to"
        " a quarter of k decides close to it. It concerns membership: without noise,"
        " the error would tell whether one subject is in the other table.",
    ),
)
"""Every setting, in the order in which the documentation lists them."""

"""The policy's keys: the shared one's, and those with which a party asks for more."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cleanroom_join.contract.document.often_written import (
    NO_PROTECTIONS,
    PROTECTIONS,
    SETTING_NAMES,
)
from cleanroom_join.contract.document.records import Field, Record
from cleanroom_join.contract.document.scalars import Number, described
from cleanroom_join.contract.terms.policy import (
    DifferencingAction,
    Policy,
    PolicyOverrides,
    Protection,
)
from cleanroom_join.contract.terms.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.terms.settings import Setting

__all__ = ["PARTY_POLICY", "SHARED_POLICY"]

_GROUPS = {
    "dominance": "When the largest contributors hold too much of a figure.",
    "rounding": "How published figures are rounded.",
    "perturbation": "How large the noise of counts is, if figures are perturbed.",
    "contribution": "How much one subject counts for.",
    "budget": "How many figures the same subjects bear.",
    "releases": "How many releases are made.",
}
"""What the tables beneath a policy mean."""

_PROTECTION = described(Protection, NO_PROTECTIONS, PROTECTIONS)


def _settings(defaults: Policy | None) -> tuple[Field, ...]:
    """Return the keys of all numbers; without *defaults* an absent one is no wish."""
    fields: dict[str, Field] = {}
    groups: dict[str, list[Field]] = {}
    for setting in SETTINGS:
        *group, _ = setting.path
        if group:
            groups.setdefault(group[0], []).append(_number(setting, defaults))
            inner: Record[object] = Record(dict, tuple(groups[group[0]]))
            fields[group[0]] = Field(group[0], inner, _GROUPS[group[0]], default={})
        else:
            fields[setting.name] = _number(setting, defaults)
    return tuple(fields.values())


def _number(setting: Setting, defaults: Policy | None) -> Field:
    """Return the key of one number."""
    return Field(
        name=setting.path[-1],
        value=Number(setting.limits),
        meaning=setting.meaning,
        default=None if defaults is None else getattr(defaults, setting.name),
        stricter=setting.stricter.value,
        called=SETTING_NAMES.get(setting.name, ()),
    )


def _flat(values: Mapping[str, object]) -> dict[str, int | Decimal]:
    """Return the numbers that are there, by the names that `Policy` has for them."""
    found: dict[str, int | Decimal] = {}
    for setting in SETTINGS:
        at: object = values
        for key in setting.path:
            at = at.get(key) if isinstance(at, dict) else None
        if isinstance(at, (int, Decimal)):
            found[setting.name] = at
    return found


def _shared(
    protection: Protection, differencing: DifferencingAction, **numbers: object
) -> Policy:
    """Make the shared policy."""
    return Policy(protection=protection, differencing=differencing, **_flat(numbers))  # type: ignore[arg-type] # types follow SETTINGS


def _wishes(protection: Protection | None, **numbers: object) -> PolicyOverrides:
    """Make the wishes of one party."""
    return PolicyOverrides(values=tuple(_flat(numbers).items()), protection=protection)


_USUAL = Policy()
_PROTECTS = "How figures are protected beyond suppression."
_STRICTEST = f'"{Protection.PERTURBED.value}"'

SHARED_POLICY = Record(
    _shared,
    (
        *_settings(_USUAL),
        Field(
            "protection",
            _PROTECTION,
            _PROTECTS,
            default=_USUAL.protection,
            stricter=_STRICTEST,
        ),
        Field(
            "differencing",
            described(DifferencingAction),
            "What becomes of a cell that differs too little from an earlier release.",
            default=_USUAL.differencing,
        ),
    ),
)
"""``[policy]``: what both companies agreed on; absent keys have their defaults."""

PARTY_POLICY = Record(
    _wishes,
    (
        *_settings(None),
        Field("protection", _PROTECTION, _PROTECTS, default=None, stricter=_STRICTEST),
    ),
)
"""What one party wishes; of the shared policy and all wishes, the strictest holds."""

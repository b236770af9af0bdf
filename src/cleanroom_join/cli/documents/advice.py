"""Advice on a contract as JSON; sums of subjects are in steps of k, as in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.advice import floored, suppressions, utility

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.advice import Advice, Change, Effect, Suppression, Utility

__all__ = ["advice_json"]


def advice_json(advice: Advice) -> dict[str, object]:
    """Return what is published and suppressed, and what would publish more."""
    contract = advice.contract
    k = contract.policy.min_cohort
    return {
        "id": contract.terms.id,
        "sha256": contract.digest,
        "min_cohort": k,
        "outputs": {
            name: {
                **_utility(utility(answered), k),
                "suppressed": [_suppression(s, k) for s in suppressions(answered)],
            }
            for name, answered in advice.answers.items()
        },
        "better": [_effect(effect, k) for effect in advice.better],
        "not_better": [_effect(effect, k) for effect in advice.other],
        "not_tried": [_change(change) for change in advice.untried],
    }


def _utility(found: Utility, k: int) -> dict[str, object]:
    """Return how much of an output is published."""
    return {
        "finest_cells": found.finest,
        "published_finest_cells": found.published,
        "person_cells": floored(found.all_subjects, k),
        "published_person_cells": floored(found.subjects, k),
        "totals": found.all_totals,
        "published_totals": found.totals,
        "published_coarser_cells": found.coarser,
    }


def _suppression(found: Suppression, k: int) -> dict[str, object]:
    """Return what one rule suppressed."""
    return {
        "rule": found.rule.value,
        "finest_cells": found.finest,
        "totals": found.totals,
        "person_cells": floored(found.subjects, k),
    }


def _effect(effect: Effect, k: int) -> dict[str, object]:
    """Return a change that was tried, with what it publishes of each output."""
    refusal = effect.refusal
    return {
        **_change(effect.change),
        "refused": None if refusal is None else refusal.code,
        "gained_person_cells": _gained(effect.before, effect.after, k),
        "gained_finest_cells": effect.gain[1],
        "outputs": {name: _utility(u, k) for name, u in effect.after.items()},
    }


def _gained(before: Mapping[str, Utility], after: Mapping[str, Utility], k: int) -> int:
    """Return how many person-cells more are published, in steps of k."""
    return sum(
        floored(found.subjects, k) - floored(before[name].subjects, k)
        for name, found in after.items()
    )


def _change(change: Change) -> dict[str, object]:
    """Return a change with the lines to paste."""
    return {
        "change": change.description,
        "kind": change.kind.value,
        "sha256": change.contract.digest,
        "lines": [
            {
                "below": hunk.table,
                "line": hunk.line,
                "remove": list(hunk.removed),
                "add": list(hunk.added),
            }
            for hunk in change.hunks
        ],
        "raw": None
        if change.raw is None
        else {
            "asset": change.raw.asset,
            "column": change.raw.column,
            "sql": change.raw.sql,
        },
    }

"""
Which step of the guard suppressed which cells: its steps are watched from outside.

The guard itself knows one rule per suppressed cell.  Complementary suppression has
several steps, and runs once a round; after the budget suppressed something, everything
is decided again.  So every audit is wrapped, and a complement counts for the audit
that last found something to follow from it.  A build that lacks a step is measured
without it, and says so.
"""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

from cleanroom_join.disclosure import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cleanroom_join.contract import CellLabels

__all__ = ["Steps", "Taken", "watched"]

_DISCLOSURE = "cleanroom_join.disclosure"
_SUPPRESSION = f"{_DISCLOSURE}.suppression"

_DECIDING = f"{_DISCLOSURE}.guard:_decide"
_ROUND = f"{_DISCLOSURE}.decision:complementary_suppressions"
_RULE = f"{_DISCLOSURE}.decision:Decision._suppress"
_AUDITS = {
    f"{_SUPPRESSION}.residual_sets:ResidualSets.disclosing_sets": "sensitive residual",
    f"{_SUPPRESSION}.complementary:_Problem._overlaps": "overlap of parts",
    f"{_SUPPRESSION}.interval_audit:IntervalAudit.disclosing_sets": "interval audit",
    f"{_SUPPRESSION}.derivable_sets:DerivableSets.disclosing_sets": "derivable set",
}
"""Audits that return sets of cells, and what each is called."""
_FINDERS = {
    f"{_DISCLOSURE}.decision:differencing": "earlier release",
    f"{_DISCLOSURE}.decision:near_duplicates": "near duplicate",
}
"""Functions that return cells which a rule then suppresses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """Cells that one step took at once."""

    decision: int
    """After each finding of the budget a decision starts anew; from 1."""
    round: int
    """Complementary suppression runs once a round; 0 is before it."""
    rule: str
    step: str
    cells: frozenset[CellLabels]


@dataclass(kw_only=True)
class Steps:
    """What was taken, in order."""

    taken: list[Taken] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Steps that the library under test does not have."""
    decision: int = 0
    round: int = 0
    found_by: dict[CellLabels, str] = field(default_factory=dict)
    """The step that found a cell last."""

    def note(self, rule: str, step: str, cells: frozenset[CellLabels]) -> None:
        """Note that a step took cells."""
        if cells:
            self.taken.append(
                Taken(
                    decision=self.decision,
                    round=self.round,
                    rule=rule,
                    step=step,
                    cells=cells,
                )
            )

    @property
    def last_decision(self) -> list[Taken]:
        """What the decision took that was published."""
        return [taken for taken in self.taken if taken.decision == self.decision]


@contextmanager
def watched() -> Iterator[Steps]:
    """Watch all calls of the guard in this block."""
    steps = Steps()
    wrappers: dict[str, Callable[[Any], Any]] = {
        _DECIDING: lambda decide: _counting_decisions(decide, steps),
        _ROUND: lambda suppress: _counting_rounds(suppress, steps),
        _RULE: lambda suppress: _noting_rules(suppress, steps),
    }
    for path, name in _AUDITS.items():
        wrappers[path] = lambda audit, name=name: _noting_audit(audit, name, steps)
    for path, name in _FINDERS.items():
        wrappers[path] = lambda find, name=name: _remembering(find, name, steps)
    restore = []
    for path, wrapper in wrappers.items():
        owner, name = _owner(path)
        original = getattr(owner, name, None)
        if original is None:
            steps.unknown.append(path)
            continue
        setattr(owner, name, wrapper(original))
        restore.append((owner, name, original))
    try:
        yield steps
    finally:
        for owner, name, original in restore:
            setattr(owner, name, original)


def _owner(path: str) -> tuple[Any, str]:
    """Return what has an attribute, and its name; None if a module is missing."""
    module, _, attributes = path.partition(":")
    *owners, name = attributes.split(".")
    try:
        owner = importlib.import_module(module)
    except ModuleNotFoundError:
        return None, name
    for part in owners:
        owner = getattr(owner, part, None)
    return owner, name


def _counting_decisions(decide: Any, steps: Steps) -> Any:
    """Return a function that counts how often it is called."""

    @wraps(decide)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        steps.decision += 1
        steps.round = 0
        steps.found_by.clear()
        return decide(*args, **kwargs)

    return wrapped


def _counting_rounds(suppress: Any, steps: Steps) -> Any:
    """Return a function that counts rounds, and notes the complements of each."""

    @wraps(suppress)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        steps.round += 1
        # Complements are chosen anew: those of the round before do not count.
        rule = Rule.COMPLEMENTARY.value
        steps.taken = [
            taken
            for taken in steps.taken
            if taken.rule != rule or taken.decision != steps.decision
        ]
        chosen = suppress(*args, **kwargs)
        by_step: dict[str, set[CellLabels]] = {}
        for labels in chosen.suppressed:
            by_step.setdefault(steps.found_by.get(labels, ""), set()).add(labels)
        for step, own in by_step.items():
            steps.note(rule, step, frozenset(own))
        return chosen

    return wrapped


def _noting_rules(suppress: Any, steps: Steps) -> Any:
    """Return a method that notes what a rule but complementary suppression took."""

    @wraps(suppress)
    def wrapped(decision: Any, cells: Any, rule: Rule) -> Any:
        if rule is not Rule.COMPLEMENTARY:
            by_step: dict[str, set[CellLabels]] = {}
            for labels in cells:
                by_step.setdefault(steps.found_by.get(labels, ""), set()).add(labels)
            for step, own in by_step.items():
                steps.note(rule.value, step, frozenset(own))
        return suppress(decision, cells, rule)

    return wrapped


def _remembering(find: Any, name: str, steps: Steps) -> Any:
    """Return a function whose cells are remembered by its name."""

    @wraps(find)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        found = find(*args, **kwargs)
        steps.found_by |= dict.fromkeys(found, name)
        return found

    return wrapped


def _noting_audit(audit: Any, name: str, steps: Steps) -> Any:
    """Return an audit whose cells are remembered by its name."""

    @wraps(audit)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        found = list(audit(*args, **kwargs))
        for each in found:
            steps.found_by |= dict.fromkeys(each.shares, name)
        return found

    return wrapped

"""The results of `benchmarks.loss` as tables of text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["show"]

WIDTH = 150

_Results = "Mapping[str, Mapping[str, Any]]"


def show(found: _Results, before: _Results | None = None) -> None:
    """Print what is published, which rule took what, and which step."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(_published(found, before))
    console.print(_marginals(found, before))
    console.print(_rules(found))
    console.print(_steps(found))
    for name, result in found.items():
        for path in result.get("decided", {}).get("unknown_steps", ()):
            console.print(f"{name}: this build has no step {path}")


def _published(found: _Results, before: _Results | None) -> Table:
    """Return how many leaves and marginals of each table are good, and published."""
    table = Table(title="published of what passes every rule by itself")
    table.add_column("table", no_wrap=True)
    table.add_column("mode")
    for column in ("cells", "leaves", "person-cells", "share", "marginals", "coarser"):
        table.add_column(column, justify="right")
    table.add_column("budget takes of good", justify="right")
    table.add_column("of published", justify="right")
    table.add_column("seconds", justify="right")
    for name, now in found.items():
        versions = [("", now)]
        if before and name in before:
            versions.insert(0, (" before", before[name]))
        for which, result in versions:
            table.add_row(name + which, *_summary(result))
    return table


def _summary(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns of one table."""
    yield result.get("protection", "")
    yield f"{result.get('cells', 0):,}"
    decided = result.get("decided")
    good = result.get("good_leaves", 0), result.get("good_person_cells", 0)
    marginals = sum(result.get("good_marginals", {}).values())
    if decided is None:
        yield f"? / {good[0]:,}"
        yield f"? / {good[1]:,}"
        yield "?"
        yield f"? / {marginals:,}"
        yield "?"
        yield _over_budget(result)
        yield "?"
        yield str(result.get("cut_off"))
        return
    yield f"{decided['leaves']:,} / {good[0]:,}"
    yield f"{decided['person_cells']:,} / {good[1]:,}"
    yield f"{decided['person_cells'] / good[1]:.0%}" if good[1] else "-"
    yield f"{sum(decided['marginals'].values()):,} / {marginals:,}"
    yield f"{decided['coarser']:,}"
    yield _over_budget(result)
    most = result.get("largest_budget")
    if most:
        leaves = most["leaves"] - decided["leaves"]
        yield f"{leaves:,} ({most['person_cells'] - decided['person_cells']:,})"
    elif "cut_off" in result:
        yield f"? ({result['cut_off']})"
    else:
        yield "0"
    yield f"{decided['seconds']:.1f}"


def _over_budget(result: Mapping[str, Any]) -> str:
    """Return the leaves, person-cells and marginals that the budget has no room for."""
    if "over_budget_leaves" not in result:
        return "?"
    return (
        f"{result['over_budget_leaves']:,} ({result['over_budget_person_cells']:,})"
        f" + {result['over_budget_marginals']:,}"
    )


def _marginals(found: _Results, before: _Results | None) -> Table:
    """Return the marginals of each level."""
    table = Table(title="marginals by level: published / good")
    table.add_column("table", no_wrap=True)
    table.add_column("levels")
    for name, now in found.items():
        versions = [("", now)]
        if before and name in before:
            versions.insert(0, (" before", before[name]))
        for which, result in versions:
            table.add_row(name + which, _levels(result))
    return table


def _levels(result: Mapping[str, Any]) -> str:
    """Return the levels with one dimension or none by name, the others together."""
    good = result.get("good_marginals", {})
    shown = result.get("decided", {}).get("marginals", {})
    texts = [
        f"{level} {shown.get(level, '?')}/{count}"
        for level, count in reversed(good.items())
        if " x " not in level
    ]
    crossed = [level for level in good if " x " in level]
    if crossed:
        number = sum(shown[level] for level in crossed) if shown else "?"
        texts.append(f"crossed {number}/{sum(good[level] for level in crossed)}")
    return ", ".join(texts)


def _rules(found: _Results) -> Table:
    """Return how many leaves and totals each rule suppressed."""
    rules = sorted(
        {r for result in found.values() for r in _suppressed(result)},
        key=lambda rule: (rule == "complementary", rule),
    )
    table = Table(title="suppressed leaves and totals by rule")
    table.add_column("table", no_wrap=True)
    for rule in rules:
        table.add_column(rule, justify="right")
    for name, result in found.items():
        counts = _suppressed(result)
        table.add_row(name, *(f"{counts.get(rule, 0):,}" for rule in rules))
    return table


def _suppressed(result: Mapping[str, Any]) -> Mapping[str, int]:
    """Return the suppressed leaves and totals by rule."""
    counts: Mapping[str, int] = result.get("decided", {}).get("suppressed", {})
    return counts


def _steps(found: _Results) -> Table:
    """Return what each step of the last decision took, round by round."""
    table = Table(title="which step took what, in the decision that was published")
    for column in ("table", "round", "rule", "step"):
        table.add_column(column, no_wrap=True)
    for column in ("times", "leaves", "person-cells", "coarser", "totals"):
        table.add_column(column, justify="right")
    for name, result in found.items():
        for step in result.get("decided", {}).get("steps", ()):
            table.add_row(
                name,
                f"{step['round']}",
                step["rule"],
                step["step"],
                *(
                    f"{step[column]:,}"
                    for column in (
                        "times",
                        "leaves",
                        "person_cells",
                        "coarser",
                        "totals",
                    )
                ),
            )
    return table

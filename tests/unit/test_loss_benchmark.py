"""The tables of the loss benchmark, and how it measures them; `make bench-loss` runs it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest

from benchmarks.loss_budget import over_budget
from benchmarks.loss_levels import bare_query
from benchmarks.loss_measures import (
    KEY,
    ask,
    decide,
    good_cells,
    with_largest_budget,
)
from benchmarks.loss_shares import ColumnShares
from benchmarks.loss_steps import watched
from benchmarks.loss_tables import LOSS_TABLES
from cleanroom_join.attacks.plain_counts import count
from cleanroom_join.attacks.plain_shares import count_shares
from cleanroom_join.contract import ALL, Contract, Protection, resolve
from cleanroom_join.disclosure import protect

SMALL = ("febrl", "sdctable", "tau_argus", "two_subjects", "sparse")
"""Tables that are made, counted and decided in about a second."""


@lru_cache
def small(name):
    """One of these tables with another seed than the benchmark's, counted once."""
    return ask(LOSS_TABLES[name], seed=3)


def decided_at_once(asked):
    """Decide a table with shares of its own."""
    return decide(asked, ColumnShares(asked.rows, asked.query))


@pytest.mark.parametrize("table", LOSS_TABLES.values(), ids=LOSS_TABLES)
def test_every_contract_resolves_and_asks_for_totals(table):
    """A table is one output with totals, under its own name."""
    contract = Contract.from_toml(table.contract)

    query = resolve(contract, contract.output(table.output))

    assert query.registered
    assert query.has_totals


@pytest.mark.parametrize("name", SMALL)
def test_the_same_seed_makes_the_same_rows(name):
    """Another seed makes others."""
    make = LOSS_TABLES[name].rows

    assert make(3) == make(3)
    assert make(3) != make(4)


@pytest.mark.slow
def test_the_hospital_has_the_figures_that_the_loss_is_measured_against():
    """225 leaves pass every rule by themselves: 122,846 person-cells of 39,141 people."""
    table = LOSS_TABLES["hospital"]
    contract = Contract.from_toml(table.contract)
    query = bare_query(contract, contract.output(table.output))
    policy = with_largest_budget(
        replace(contract.policy, protection=Protection.THRESHOLD)
    )
    rows = table.rows(7)
    cells = {c.labels: c for c in count(rows, query, None)}

    published = protect(list(cells.values()), query, policy).published

    assert len({row["patient"] for row in rows}) == 39_141
    assert len(published) == 225
    assert (
        sum(cells[c.labels].subjects["patient"].subjects for c in published) == 122_846
    )


@pytest.mark.parametrize("name", ["rare_null", "two_subjects"])
def test_shares_by_columns_are_those_counted_subject_by_subject(name):
    """Both answer the guard's own query alike, whichever line and step it reads."""
    table = LOSS_TABLES[name]
    contract = Contract.from_toml(table.contract)
    query = resolve(contract, contract.output(table.output))
    rows = [row for row in table.rows(3) if int(row["person"]) < 1000]
    cells = count(rows, query, None)
    queries = []
    shares = ColumnShares(rows, query)

    def counted(asked):
        queries.append(asked)
        return shares(asked)

    protect(cells, query, contract.policy, None, KEY, counted)

    asked = queries[0]
    answers = shares(asked)
    assert dict(answers) == count_shares(rows, query, asked)
    with pytest.raises(KeyError):
        answers[asked.lines, 0]


@pytest.mark.parametrize("name", SMALL)
def test_what_is_published_is_good(name):
    """A leaf or marginal that is published passes the rules by itself, too."""
    asked = small(name)

    good, decided = good_cells(asked), decided_at_once(asked)

    assert decided.leaves <= len(good.leaves)
    for level, published in decided.marginals.items():
        assert published <= len(good.marginals[level])


@pytest.mark.parametrize("name", SMALL)
def test_the_steps_explain_every_cell_that_is_lost(name):
    """What is good and not published was taken by a step that is named."""
    asked = small(name)
    good = good_cells(asked)
    expected = good.leaves.union(*good.marginals.values())

    with watched() as steps:
        table = protect(
            asked.cells,
            asked.query,
            asked.contract.policy,
            None,
            KEY,
            ColumnShares(asked.rows, asked.query),
        )

    taken = {labels for step in steps.last_decision for labels in step.cells}
    assert not steps.unknown
    assert expected - {cell.labels for cell in table.published} == expected & taken


@pytest.mark.parametrize("name", SMALL)
def test_the_budget_has_room_for_what_it_leaves(name):
    """Without the cells that are over the budget, everything good fits."""
    asked = small(name)
    shares = ColumnShares(asked.rows, asked.query)
    good = good_cells(asked)

    over = over_budget(asked, good, shares)

    rest = replace(
        good,
        leaves=good.leaves - over,
        marginals={level: cells - over for level, cells in good.marginals.items()},
    )
    assert not over_budget(asked, rest, shares)


def test_watching_ends_with_its_block():
    """The guard has its own steps again, also after an error."""
    from cleanroom_join.disclosure import decision, guard

    before = guard._decide, decision.Decision._suppress

    with pytest.raises(ZeroDivisionError), watched():
        1 / (guard._decide is before[0])

    assert (guard._decide, decision.Decision._suppress) == before


def test_a_measure_outside_its_bounds_loses_the_whole_register():
    """2 % of one measure are above its bound, in every state, and nothing is left."""
    asked = small("febrl")

    decided = decided_at_once(asked)

    assert any(ALL in labels for labels in asked.subjects)
    assert decided.leaves == 0
    assert decided.suppressed["clamping"] > 0

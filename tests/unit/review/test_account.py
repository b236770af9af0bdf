"""What a release tells of itself, as text: nothing about what is withheld."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cleanroom_join.contract import Policy, Protection, resolve
from cleanroom_join.contract.terms.policy import SETTINGS, DifferencingAction
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.review import NotEntered, Sizes, Verdict, build_report, summary
from cleanroom_join.review.plain_language import policy_lines, rule_lines
from tests.reference import plain_tables
from tests.reference.accounts import (
    APPROVED,
    HELD,
    ROWS,
    SIZES,
    earlier_release,
    example,
    example_contract,
)

TOTALS = ('"all"', "", "[[]]")


def told(table, contract, asked, sizes):
    """Return the report of a guarded table."""
    return build_report(
        contract,
        asked,
        APPROVED,
        table.rows,
        sizes=sizes,
        earlier=None,
        audited=table.audited,
        ledger=NotEntered(problem="run 1"),
    )


def drawn(counts, totals, parents):
    """Return a guarded table with what it was asked by, and its sizes."""
    asked, policy = plain_tables.query("ab", totals, parents=parents)
    table = protect(plain_tables.items(counts, asked), asked, policy)
    matched = max(sum(counts.values()), 100)
    sizes = Sizes(
        tables=(("payments", matched * 3), ("accounts", matched + 37)),
        matched=matched,
    )
    return table, replace(example_contract(), policy=policy), asked, sizes


CASES = (
    plain_tables.tables((4, 3)),
    st.sampled_from(TOTALS),
    st.booleans(),
)


@given(*CASES, st.randoms(use_true_random=False))
def test_withheld_cells_change_nothing(counts, totals, parents, random):
    """Other people in cells that are not published: the same text, byte for byte."""
    table, contract, asked, sizes = drawn(counts, totals, parents)
    shown = {cell.labels for cell in table.published}
    others = {
        leaf: count if leaf in shown else random.randrange(100)
        for leaf, count in counts.items()
    }
    again, *_ = drawn(others, totals, parents)
    assume(again.rows == table.rows)

    one = told(table, contract, asked, sizes)
    other = told(again, contract, asked, sizes)

    assert summary(one) == summary(other)


def test_the_account_is_not_given_withheld_cells():
    """What it cannot see it cannot tell."""
    assert list(inspect.signature(build_report).parameters) == [
        "contract",
        "query",
        "review",
        "rows",
        "sizes",
        "earlier",
        "audited",
        "ledger",
    ]


def numbers(text):
    """Return every number in a text, digests aside."""
    plain = re.sub(r"\b[0-9a-f]{64}\b", "", text).replace(",", "")
    return [
        Decimal(n) for n in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]\d)", plain)
    ]


@given(*CASES)
def test_every_figure_is_of_at_least_k_people(counts, totals, parents):
    """Or says how many published cells there are, or is one of the policy."""
    table, contract, asked, sizes = drawn(counts, totals, parents)
    text = summary(told(table, contract, asked, sizes))

    for line in text.splitlines():
        if line.startswith(("funnel", "sizes")):
            people = line.split(" subjects")[0]
            assert all(n >= 100 for n in numbers(people)), line
        if line.startswith("share"):
            assert all(n % 5 == 0 for n in numbers(line)), line
    rows = [row for row in table.rows if "(all)" not in row[:2]]
    sizes_told = re.findall(r"^sizes .* subjects: (\d+) cells$", text, re.MULTILINE)
    assert sum(map(int, sizes_told)) == len(rows)


@given(*CASES)
def test_the_share_leaves_the_rest_uncertain(counts, totals, parents):
    """Who is missing cannot be worked out to within k, unless a total tells it."""
    table, contract, asked, sizes = drawn(counts, totals, parents)
    report = told(table, contract, asked, sizes).published

    if report.share is None or any(set(row[:2]) == {"(all)"} for row in table.rows):
        return
    low, high = report.share
    shown = report.coverage.most
    most = 100 * shown / low if low else float("inf")
    assert low < high
    assert most - shown >= 100


def test_one_person_who_decides_is_not_told():
    """
    Nine cells that the partner made homogeneous, and a tenth that one person decides.

    Any number told by rule, in a band or not, could be on its border: then one person
    moves it.  So no number by rule is told (docs/adr/0016-report-what-is-published.md).
    """
    asked, policy = plain_tables.query("ab", "")
    accomplices = {("a1", f"b{i + 1}"): 50 for i in range(6)}
    accomplices |= {("a2", f"b{i + 1}"): 50 for i in range(3)}
    without = accomplices | {("a3", "b3"): 100 * 30}
    with_one = without | {("a2", "b4"): 1}
    tables = [
        protect(plain_tables.items(counts, asked), asked, policy)
        for counts in (without, with_one)
    ]
    sizes = Sizes(tables=(), matched=10_000)

    texts = {
        summary(told(t, replace(example_contract(), policy=policy), asked, sizes))
        for t in tables
    }

    assert [len(table.suppressed) for table in tables] == [9, 10]
    assert len(texts) == 1


@given(st.lists(st.integers(100, 5000), max_size=4), st.integers(100, 10**6))
def test_what_is_not_approved_tells_nothing(counts, matched):
    """It is in no ledger, so it could be asked again and again."""
    rows = [
        ("north", f"541{i}", n, n, Decimal(1), Decimal(n)) for i, n in enumerate(counts)
    ]

    report = example(
        review=HELD,
        rows=rows,
        earlier=False,
        sizes=Sizes(tables=(("payments", matched),), matched=matched),
        audited=bool(counts),
    )

    assert summary(report) == summary(example(review=HELD, rows=(), earlier=False))
    assert report.published is None


def test_what_changed_follows_from_both_tables():
    """New, gone, the same and others, whatever the reason."""
    change = example().published.change

    assert (change.new, change.gone, change.same, change.different) == (3, 1, 2, 0)
    assert change.states == ("new", "same", "same", "new", "new")
    assert "rows against those of run 6: new 3, gone 1" in summary(example())


def test_a_changed_figure_is_told():
    """Of a row that was there before with another figure."""
    contract = example_contract()
    query = resolve(contract, contract.output("segments"))
    before = [(*row[:3], row[3] + 5, *row[4:]) for row in ROWS]
    report = build_report(
        contract,
        query,
        APPROVED,
        ROWS,
        sizes=SIZES,
        earlier=earlier_release(query, before),
        audited=True,
        ledger=NotEntered(),
    )

    assert report.published.change.different == len(ROWS)


def test_what_was_merged_is_named():
    """The coarser row, and how many combinations it stands for."""
    assert "south, grocery stands for 2 combinations" in " ".join(
        summary(example()).split()
    )
    assert example().published.coverage.merged == 2


def test_a_published_total_tells_the_share():
    """To five percent, since it follows from what is published."""
    contract = example_contract(totals="[[]]")
    total = ("(all)", "(all)", 14_000, 50_000, Decimal("0.1"), Decimal(9))

    report = example(contract=contract, rows=(*ROWS, total))

    assert report.published.share == (90, 95)
    assert "90 to 95 % of the subjects" in summary(report)
    assert report.published.totals == 1


def test_the_first_line_is_the_verdict():
    """For people who read no further, and for scripts."""
    assert summary(example()).splitlines()[0] == "APPROVED  segments"
    assert summary(example(review=HELD)).splitlines()[0] == "NEEDS_REVIEW  segments"


def test_every_setting_and_rule_is_in_words():
    """Nothing in force goes unexplained."""
    lines = policy_lines(Policy())

    assert len(lines) == len(SETTINGS) + 2
    assert all(line.words for line in lines)
    assert [rule.name for rule in rule_lines(Policy())] == [r.value for r in Rule]
    for action in DifferencingAction:
        assert policy_lines(Policy(differencing=action))[-1].value == action.value


def test_words_have_the_limits_in_force():
    """A stricter k is the one that is explained."""
    strict = Policy(min_cohort=2500, dominance_n=1, max_clamped_share=Decimal("0.005"))

    text = " ".join(rule.does for rule in rule_lines(strict))
    assert "fewer than 2,500" in text
    assert "largest contributor," in text
    assert "0.5 %" in text


def test_the_bound_in_force_is_in_words():
    """In a note, beside the setting, and in the rules that it changes."""
    policy = Policy(protection=Protection.PERTURBED, contribution_rows=5)
    contract = replace(example_contract(), policy=policy)

    text = " ".join(summary(example(contract=contract)).split())

    assert "note in each cell and total everybody counts for at most 5 rows" in text
    assert "policy contribution.rows = 5: everybody counts" in text
    assert "dominance: Suppresses nothing under this contract" in text
    assert "no numbers" not in text
    one = replace(policy, contribution_rows=1)
    assert "at most 1 row," in " ".join(r.does for r in rule_lines(one))
    unbounded = " ".join(summary(example()).split())
    assert "policy contribution.rows = 0: everybody" in unbounded
    assert "note in each cell" not in unbounded


def test_the_count_that_decides_with_noise_is_in_words():
    """Where contributions are bounded: k and the largest noise, as the rule asks."""
    policy = Policy(
        protection=Protection.PERTURBED,
        contribution_rows=5,
        min_cohort=150,
        max_noise=20,
    )

    bounded, noisy = (
        {rule.name: rule.does for rule in rule_lines(held)}[Rule.THRESHOLD.value]
        for held in (policy, replace(policy, contribution_rows=0))
    )

    assert "fewer than 150, or with fewer than 170 when its noise is added." in bounded
    assert "noise" not in noisy


@pytest.mark.parametrize("audited", [True, False])
def test_missing_totals_are_explained(audited):
    """Without a solver they are left out, and the text says so."""
    assert ("extra lp" in summary(example(audited=audited))) is not audited


def test_repr_shows_no_figure():
    """A report that ends up in a log gives no row away."""
    text = repr(example())

    assert "5732" not in text
    assert "2400" not in text
    assert "81" not in repr(Sizes(tables=(("a", 81),), matched=81)).split("0x")[0]


def test_lines_fit_a_notebook():
    """At most 100 columns, digests included."""
    assert max(map(len, summary(example()).splitlines())) <= 100


def test_the_account_of_a_contract_that_was_pinned():
    """The digest is the contract's own."""
    contract = example_contract()

    assert contract.digest in summary(example())
    assert example().verdict is Verdict.APPROVED

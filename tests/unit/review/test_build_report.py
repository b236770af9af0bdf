"""The report of a release, as text: it discloses nothing about suppressed cells."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cleanroom_join.contract import Contract, Policy, Protection, resolve, state_name
from cleanroom_join.contract.terms.policy import DifferencingAction
from cleanroom_join.contract.terms.settings import SETTINGS
from cleanroom_join.disclosure import Rule, protect
from cleanroom_join.disclosure.perturbation.draw import Draw, Noise
from cleanroom_join.disclosure.publish.rounding import round_count
from cleanroom_join.review import (
    NotEntered,
    Review,
    SubjectCounts,
    Verdict,
    build_report,
    build_report_until_saved,
    summary,
)
from cleanroom_join.review.plain_language import (
    TERMS,
    described_rules,
    described_settings,
)
from cleanroom_join.review.published_details import (
    build_published_details,
    largest_error,
)
from cleanroom_join.testing import contract_toml
from tests.reference.reports import (
    APPROVED,
    HELD,
    ROWS,
    SIZES,
    earlier_release,
    example,
    example_contract,
)
from tests.support import plain_tables

WORDS = st.integers(0, 2**32 - 1)
TOTALS = ('"all"', "", "[[]]")


def report_on(table, contract, query, sizes):
    """Return the report of a guarded table."""
    return build_report(
        contract,
        query,
        APPROVED,
        table.rows,
        sizes=sizes,
        earlier=None,
        spent={},
        audited=table.audited,
        ledger=NotEntered(problem="run 1"),
    )


def drawn(counts, totals, parents):
    """Return a guarded table with its contract and query, and the tables' sizes."""
    query, policy = plain_tables.query_over("ab", totals, parents=parents)
    table = protect(plain_tables.cells_from_counts(counts, query), query, policy)
    matched = max(sum(counts.values()), 100)
    sizes = SubjectCounts(
        tables=(("payments", matched * 3), ("accounts", matched + 37)),
        matched=matched,
    )
    return table, replace(example_contract(), policy=policy), query, sizes


CASES = (
    plain_tables.tables((4, 3)),
    st.sampled_from(TOTALS),
    st.booleans(),
)


@given(*CASES, st.randoms(use_true_random=False))
def test_suppressed_cells_change_nothing(counts, totals, parents, random):
    """Other counts in cells that are not published: the same text, byte for byte."""
    table, contract, query, sizes = drawn(counts, totals, parents)
    shown = {cell.labels for cell in table.published}
    others = {
        leaf: count if leaf in shown else random.randrange(100)
        for leaf, count in counts.items()
    }
    again, *_ = drawn(others, totals, parents)
    assume(again.rows == table.rows)

    one = report_on(table, contract, query, sizes)
    other = report_on(again, contract, query, sizes)

    assert summary(one, full=True) == summary(other, full=True)


def test_suppressed_cells_are_no_arguments():
    """A report cannot disclose what its function does not see."""
    assert list(inspect.signature(build_report).parameters) == [
        "contract",
        "query",
        "review",
        "rows",
        "sizes",
        "versions",
        "as_of",
        "earlier",
        "spent",
        "audited",
        "ledger",
    ]
    assert list(inspect.signature(build_published_details).parameters) == [
        "query",
        "policy",
        "rows",
        "sizes",
        "earlier",
        "spent",
    ]


def test_a_table_is_named_with_its_version():
    """If it has one: its owner can read the same rows again."""
    contract = example_contract()
    query = resolve(contract, contract.output("segments"))
    first, second = query.output.join

    report = build_report(
        contract,
        query,
        HELD,
        (),
        sizes=SubjectCounts(tables=(), matched=0),
        versions=((first, 12), (second, None)),
        earlier=None,
        spent={},
        audited=True,
        ledger=NotEntered(),
    )

    assert ("tables", f"{first} at version 12, {second}") in report.query


def test_the_consent_states_are_named_with_their_versions():
    """So that a party knows later which releases are older than its state."""
    section = """
[revocation]
max_age_hours = 24
tables = { acme = "consent.state", globex = "consent.state" }
"""
    contract = Contract.from_toml(contract_toml() + section)
    query = resolve(contract, contract.output("segments"))

    report = build_report(
        contract,
        query,
        HELD,
        (),
        sizes=SubjectCounts(tables=(), matched=0),
        versions=(
            (state_name("globex"), 9),
            (state_name("acme"), None),
            *((name, 12) for name in query.output.join),
        ),
        earlier=None,
        spent={},
        audited=True,
        ledger=NotEntered(),
    )

    assert report.state_versions == (("acme", None), ("globex", 9))
    # A deletion from Gold makes a version only if the subject was there.
    assert ("tables", ", ".join(query.output.join)) in report.query
    assert example().state_versions == ()


def numbers(text):
    """Return every number in a text, digests aside."""
    plain = re.sub(r"\b[0-9a-f]{64}\b", "", text).replace(",", "")
    return [
        Decimal(n) for n in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]\d)", plain)
    ]


@given(*CASES)
def test_every_figure_is_about_at_least_k_subjects(counts, totals, parents):
    """Or it is a number of published cells, or a setting of the policy."""
    table, contract, query, sizes = drawn(counts, totals, parents)
    text = summary(report_on(table, contract, query, sizes), full=True)

    for line in text.splitlines():
        if line.startswith(("funnel", "sizes")):
            sizes_of = line.split(" subjects")[0]
            assert all(n >= 100 for n in numbers(sizes_of)), line
        if line.startswith("share"):
            assert all(n % 5 == 0 for n in numbers(line)), line
    rows = [row for row in table.rows if "(all)" not in row[:2]]
    cells = re.findall(r"^sizes .* subjects: (\d+) cells?$", text, re.MULTILINE)
    assert sum(map(int, cells)) == len(rows)


@given(*CASES)
def test_the_share_leaves_the_rest_uncertain(counts, totals, parents):
    """The unpublished subjects stay uncertain by k, unless a total discloses them."""
    table, contract, query, sizes = drawn(counts, totals, parents)
    report = report_on(table, contract, query, sizes).published

    if report.share is None or any(set(row[:2]) == {"(all)"} for row in table.rows):
        return
    low, high = report.share
    shown = report.coverage.most
    most = 100 * shown / low if low else float("inf")
    assert low < high
    assert most - shown >= 100


@given(
    st.integers(100, 5000),
    st.sampled_from([1, 5, 95, 1000]),
    st.sampled_from([10, 50]),
    st.builds(Draw, noise=WORDS, rounding=WORDS, within=WORDS),
)
def test_no_count_is_off_by_more_than_the_limits_allow(count, base, max_noise, draw):
    """Limits of how large the tables are keep k subjects away from the true sum."""
    exact = Policy(count_base=base, max_noise=max_noise)
    noisy = replace(exact, protection=Protection.PERTURBED)
    noise = Noise.of(noisy, bytes(32))

    rounded = round_count(count, base, exact.min_cohort)
    perturbed = noise.rounded(noise.perturb_count(count, draw), draw)
    bounded = noise.rounded(noise.perturb_bounded(count, 1, draw), draw)

    assert abs(rounded - count) <= largest_error(exact)
    assert abs(perturbed - count) <= largest_error(noisy)
    assert abs(bounded - count) <= largest_error(noisy)


def test_one_subject_who_decides_is_not_disclosed():
    """
    Nine cells that the partner made uniform, and a tenth that one subject decides.

    Any count by rule, coarse or not, could be on the edge of its range: then one
    subject moves it (docs/adr/0016-report-what-is-published.md).
    """
    query, policy = plain_tables.query_over("ab", "")
    accomplices = {("a1", f"b{i + 1}"): 50 for i in range(6)}
    accomplices |= {("a2", f"b{i + 1}"): 50 for i in range(3)}
    without = accomplices | {("a3", "b3"): 100 * 30}
    with_one = without | {("a2", "b4"): 1}
    tables = [
        protect(plain_tables.cells_from_counts(counts, query), query, policy)
        for counts in (without, with_one)
    ]
    sizes = SubjectCounts(tables=(), matched=10_000)

    texts = {
        summary(
            report_on(t, replace(example_contract(), policy=policy), query, sizes),
            full=True,
        )
        for t in tables
    }

    assert [len(table.suppressed) for table in tables] == [9, 10]
    assert len(texts) == 1


@given(st.lists(st.integers(100, 5000), max_size=4), st.integers(100, 10**6))
def test_a_report_of_what_is_not_approved_discloses_nothing(counts, matched):
    """It is in no ledger, so it could be requested again and again."""
    rows = [
        ("north", f"541{i}", n, n, Decimal(1), Decimal(n)) for i, n in enumerate(counts)
    ]

    report = example(
        review=HELD,
        rows=rows,
        earlier=False,
        sizes=SubjectCounts(tables=(("payments", matched),), matched=matched),
        audited=bool(counts),
    )

    assert summary(report, full=True) == summary(
        example(review=HELD, rows=(), earlier=False), full=True
    )
    assert report.published is None


def test_what_changed_follows_from_both_tables():
    """New, removed, with the same figures and with others, whatever the reason."""
    found = example().published.comparison

    assert (found.new, found.removed, found.unchanged, found.changed) == (3, 1, 2, 0)
    assert found.row_states == ("new", "unchanged", "unchanged", "new", "new")
    assert "rows compared with run 6: 3 new, 1 removed" in summary(example(), full=True)


def test_a_changed_figure_is_counted():
    """Of a row that an earlier release has with another figure."""
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
        spent={},
        audited=True,
        ledger=NotEntered(),
    )

    assert report.published.comparison.changed == len(ROWS)


@pytest.mark.parametrize("protection", Protection)
@pytest.mark.parametrize("matched", [14_000, 14_050, 20_000, 90_000])
def test_no_limit_contradicts_a_published_total(protection, matched):
    """With noise a total may be below a limit; together they would disclose its noise."""
    contract = example_contract(totals="[[]]")
    policy = replace(contract.policy, protection=protection)
    total = ("(all)", "(all)", 14_000, 50_000, Decimal("0.1"), Decimal(9))
    report = example(
        contract=replace(contract, policy=policy),
        rows=(*ROWS, total),
        sizes=SubjectCounts(tables=(("payments", matched),), matched=matched),
    )

    payments, joined = (step.at_least for step in report.published.funnel)

    assert joined == 14_000 - largest_error(policy)
    assert payments >= joined


def test_a_row_shows_how_many_subjects_there_are_at_least():
    """A lower limit is never below what the largest row shows, rounding aside."""
    contract = example_contract(totals='[["area"]]')
    policy = contract.policy
    row = ("north", "(all)", 4_000, 50_000, Decimal("0.1"), Decimal(9))
    sizes = SubjectCounts(tables=(("payments", 4_002),), matched=4_002)

    report = example(contract=contract, rows=(row,), sizes=sizes)

    limits = {step.at_least for step in report.published.funnel}
    assert limits == {4_000 - largest_error(policy)}


def test_coarser_cells_are_named():
    """With how many combinations each stands for."""
    assert "south, grocery stands for 2 combinations" in " ".join(
        summary(example(), full=True).split()
    )
    assert example().published.coverage.coarser == 2


def test_a_published_total_gives_the_share():
    """To five percent: it follows from what is published."""
    contract = example_contract(totals="[[]]")
    total = ("(all)", "(all)", 14_000, 50_000, Decimal("0.1"), Decimal(9))

    report = example(contract=contract, rows=(*ROWS, total))

    assert report.published.share == (90, 95)
    assert "90 to 95 % of the subjects" in summary(report, full=True)
    assert report.published.totals == 1


def test_the_first_line_is_the_verdict():
    """For people who read no further, and for scripts."""
    assert summary(example(), full=True).splitlines()[0] == "APPROVED  segments"
    assert (
        summary(example(review=HELD), full=True).splitlines()[0]
        == "NEEDS_REVIEW  segments"
    )


def test_every_setting_and_rule_is_explained():
    """Nothing is in force without a sentence on what it means."""
    lines = described_settings(Policy())

    assert len(lines) == len(SETTINGS) + 2
    assert all(line.meaning for line in lines)
    assert [rule.name for rule in described_rules(Policy())] == [r.value for r in Rule]
    for action in DifferencingAction:
        assert described_settings(Policy(differencing=action))[-1].value == action.value


def test_explanations_have_the_limits_in_force():
    """A stricter k is the one that is explained."""
    strict = Policy(min_cohort=2500, dominance_n=1, max_clamped_share=Decimal("0.005"))

    text = " ".join(rule.does for rule in described_rules(strict))
    assert "fewer than 2,500" in text
    assert "largest contributor," in text
    assert "0.5 %" in text


def test_the_bound_in_force_is_explained():
    """In a note, beside the setting, and in the rules that it changes."""
    policy = Policy(protection=Protection.PERTURBED, contribution_rows=5)
    contract = replace(example_contract(), policy=policy)

    text = " ".join(summary(example(contract=contract), full=True).split())

    assert "note no subject counts for more than 5 rows in a cell or total" in text
    assert "policy contribution.rows = 5: Every subject counts" in text
    assert "dominance: Suppresses nothing under this contract" in text
    assert "no numbers" not in text
    one = replace(policy, contribution_rows=1)
    assert "at most 1 row," in " ".join(r.does for r in described_rules(one))
    unbounded = " ".join(summary(example(), full=True).split())
    assert "policy contribution.rows = 0: Every subject" in unbounded
    assert "note no subject counts" not in unbounded


def test_the_count_that_decides_with_noise_is_explained():
    """Where contributions are bounded: k and the largest noise, as the rule asks."""
    policy = Policy(
        protection=Protection.PERTURBED,
        contribution_rows=5,
        min_cohort=150,
        max_noise=20,
    )

    bounded, noisy = (
        {rule.name: rule.does for rule in described_rules(held)}[Rule.THRESHOLD.value]
        for held in (policy, replace(policy, contribution_rows=0))
    )

    assert "fewer than 150, or with fewer than 170 when its noise is added." in bounded
    assert "noise" not in noisy


@pytest.mark.parametrize("audited", [True, False])
def test_missing_totals_are_explained(audited):
    """Without a solver they are suppressed, and the text says so."""
    assert ("extra lp" in summary(example(audited=audited), full=True)) is not audited


def test_repr_shows_no_figure():
    """A report that ends up in a log discloses no row, and neither does a part of it."""
    report = example()
    published = report.published
    parts = [SubjectCounts(tables=(("a", 81),), matched=81), published.coverage]
    parts += [published.comparison, *published.coarser, *published.funnel]
    parts += published.size_classes

    for part in (report, published):
        assert "5732" not in repr(part)
        assert "2400" not in repr(part)
    for part in parts:
        assert not re.search(r"\d", repr(part).split("0x")[0])


def test_terms_are_explained_before_they_are_used_in_rules():
    """For a reader who meets the words of the field here first."""
    lines = summary(example(), full=True).splitlines()
    starts = [line.split(" ")[0] for line in lines]

    assert {term for term, _ in TERMS} >= {"subject", "cell", "suppressed", "total"}
    assert starts.index("term") < starts.index("policy") < starts.index("rule")


def test_lines_fit_a_notebook():
    """At most 100 columns, digests included."""
    assert max(map(len, summary(example(), full=True).splitlines())) <= 100


def test_the_report_names_the_contracts_digest():
    """It is what both parties compare."""
    contract = example_contract()

    assert contract.digest in summary(example(), full=True)
    assert example().verdict is Verdict.APPROVED


@pytest.mark.parametrize("verdict", Verdict)
def test_the_report_before_saving_says_nothing_of_data(verdict):
    """It is made of contract, query and verdict: neither rows nor sizes come in."""
    contract = example_contract()
    query = resolve(contract, contract.output("segments"))
    review = Review(verdict=verdict, findings=())

    report = build_report_until_saved(
        contract, query, review, NotEntered(problem="no key")
    )

    assert report.published is None
    assert report.verdict is verdict
    told = " ".join(report.notes)
    assert ("told once the release is saved" in told) == (verdict is Verdict.PENDING)
    assert ("no key" in report.ledger) == (verdict is not Verdict.PENDING)

"""Causes that need a manifest of their own, and the answers that they lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanroom_join.tokens import Reason
from cleanroom_join.tokens.doctor import MismatchCause, Trait, Verdict, diagnose, worst
from cleanroom_join.tokens.doctor.forms import Form, form_of_name
from cleanroom_join.tokens.doctor.trait_patterns import trait_patterns
from tests.support.manifests import component, counts, manifest, people

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "when-nothing-matches.md"

STRANGERS = counts(people("alone", 20_000))
PHONE = {
    "kind": "phone",
    "raw_lengths": {"13": 20_000},
    "lengths": {"13": 20_000},
    "masks": {"+999999999999": 20_000},
    "traits": {Trait.PLUS_SIGN: 20_000},
}


def diagnosed(left, right):
    """Return the only diagnosis."""
    (diagnosis,) = diagnose(left, right)
    return diagnosis


def with_components(*parts, party="globex", **column):
    """Return a manifest whose column has other components."""
    return manifest(party, column={"components": parts, **column})


def phones(party, **changes):
    """Return a manifest of telephone numbers."""
    return with_components(component(**{**PHONE, **changes}), party=party)


@pytest.mark.parametrize("cause", MismatchCause)
def test_every_cause_is_on_the_page_with_its_remedy(cause):
    """In one row of a table."""
    rows = PAGE.read_text("utf-8").splitlines()
    (row,) = [line for line in rows if line.startswith(f"| `{cause.value}` |")]

    assert row.endswith(f"| {cause.remedy} |")


def test_a_reason_that_the_doctor_does_not_know_is_named():
    """As the other party's newer version may have it."""
    refused = component(reasons={"ready": 12_000, "reason_of_tomorrow": 8_000})

    (found,) = diagnosed(manifest(), with_components(refused)).causes

    assert found.cause is MismatchCause.ROWS_REFUSED
    assert found.evidence == "40 % are refused: reason_of_tomorrow"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_cause(reason):
    """Which is not that the reason is unknown."""
    refused = component(reasons={reason.value: 20_000}, lengths={}, masks={}, traits={})

    said = diagnosed(
        manifest(), with_components(refused, reasons={reason.value: 20_000})
    )

    assert said.verdict is Verdict.DOES_NOT_MATCH
    assert said.causes
    assert said.causes[0].cause is not MismatchCause.ROWS_REFUSED


@pytest.mark.parametrize(
    ("trait", "cause"),
    [
        (Trait.TRUNK_ZERO, MismatchCause.TRUNK_ZERO),
        (Trait.DOUBLE_ZERO, MismatchCause.INTERNATIONAL_PREFIX),
        (Trait.EXTENSION, MismatchCause.EXTENSIONS),
    ],
)
def test_a_trait_says_more_than_the_reason_of_the_same_rows(trait, cause):
    """Of telephone numbers that nobody can dial."""
    refused = {"ready": 6_000, "bad_format": 14_000}
    traits = {**PHONE["traits"], trait: 14_000}

    said = diagnosed(phones("acme"), phones("globex", reasons=refused, traits=traits))

    assert [found.cause for found in said.causes] == [cause]


def test_two_declared_countries_are_one_cause_of_both():
    """If national numbers are in the columns."""
    sides = [
        phones(party, declared=country, traits={Trait.PLUS_SIGN: 2_000})
        for party, country in (("acme", "FR"), ("globex", "BE"))
    ]

    (found,) = diagnosed(*sides).causes

    assert found.cause is MismatchCause.OTHER_COUNTRY
    assert found.party == ""
    assert found.share == 0.9
    assert diagnosed(phones("acme", declared="FR"), phones("globex")).causes == ()


def test_names_that_end_at_one_length_are_cut_off():
    """A small table that does not show its rare long names is not blamed."""
    whole = {"6": 8_000, "8": 6_000, "10": 4_000, "12": 2_000}
    cut = {"6": 8_000, "8": 12_000}
    rare = {"6": 8_000, "8": 6_000, "": 6_000}
    name = {"kind": "name", "masks": {"Aa": 20_000}, "traits": {}}
    left = with_components(component(**name, lengths=whole), party="acme")

    (found,) = diagnosed(left, with_components(component(**name, lengths=cut))).causes
    small = diagnosed(left, with_components(component(**name, lengths=rare)))

    assert found.cause is MismatchCause.TRUNCATED
    assert (found.party, round(found.share, 2)) == ("globex", 0.3)
    assert small.causes == ()


def test_births_after_this_year_on_one_side_only_are_a_cause():
    """From 1 % on; on both sides they may be made-up data."""
    ahead = {"kind": "date_of_birth", "traits": {Trait.YEAR_AHEAD: 300}}
    born = {"kind": "date_of_birth", "traits": {}}
    left = with_components(component(**born), party="acme")

    (found,) = diagnosed(left, with_components(component(**ahead))).causes
    both = diagnosed(
        with_components(component(**ahead), party="acme"),
        with_components(component(**ahead)),
    )

    assert found.cause is MismatchCause.TWO_DIGIT_YEARS
    assert found.party == "globex"
    assert both.causes == ()


def test_labels_outside_the_contract_are_a_remark():
    """They cost no match; their owner should hear of it all the same."""
    said = diagnosed(manifest(), manifest("globex", outside={"region": 0.5}))

    (remark,) = said.remarks
    assert said.causes == ()
    assert remark.cause is MismatchCause.OUTSIDE_CONTRACT
    assert (remark.party, remark.column) == ("globex", "region")


def test_tokens_that_are_not_random_have_no_rate():
    """Serial numbers in the place of tokens."""
    serial = counts([number << 9 | number % 300 for number in range(20_000)])

    said = diagnosed(manifest(), manifest("globex", column={"buckets": serial}))

    assert said.overlap is None
    assert said.verdict is Verdict.CANNOT_BE_TOLD
    assert said.causes[0].cause is MismatchCause.NOT_RANDOM


@pytest.mark.parametrize(
    "change",
    [{"key_check_value": "1"}, {"partnership": "q"}, {"column": {"label": "account"}}],
    ids=["key", "partnership", "kinds"],
)
def test_other_keys_decide_whatever_the_counts_say(change):
    """Chance makes one interval of forty exclude 0."""
    said = diagnosed(manifest(), manifest("globex", **change))

    assert said.overlap.low > 0
    assert said.verdict is Verdict.DOES_NOT_MATCH


def test_another_specification_may_leave_most_tokens_equal():
    """So the counts decide, and it is still named."""
    said = diagnosed(manifest(), manifest("globex", spec_sha256="0" * 64))

    assert said.verdict is Verdict.MATCHES
    assert said.causes[0].cause is MismatchCause.OTHER_SPECIFICATION


def test_a_cause_of_few_rows_does_not_explain_that_nothing_matches():
    """Then other populations are named as well, last."""
    few = component(reasons={"ready": 18_000, "masked": 2_000})

    said = diagnosed(manifest(), with_components(few, buckets=STRANGERS))

    causes = [found.cause for found in said.causes]
    assert causes == [MismatchCause.MASKED, MismatchCause.DISJOINT]


def test_no_remedy_says_that_nothing_is_wrong():
    """The doctor sees coarse counts only."""
    for cause in MismatchCause:
        assert "nothing is wrong" not in cause.remedy.lower()
        assert "are right" not in cause.remedy


def test_the_worst_answer_is_the_answer_about_all_subjects():
    """One that does not match before one that cannot be told."""
    match = diagnosed(manifest(), manifest("globex"))
    strangers = diagnosed(manifest(), manifest("globex", column={"buckets": STRANGERS}))
    few = diagnosed(manifest(), manifest("globex", column={"buckets": ()}))

    assert worst([match]) is Verdict.MATCHES
    assert worst([match, few]) is Verdict.CANNOT_BE_TOLD
    assert worst([few, strangers, match]) is Verdict.DOES_NOT_MATCH


@pytest.mark.parametrize("form", Form)
def test_patterns_have_names_of_traits(form):
    """Each once for a form."""
    names = [pattern.name for pattern in trait_patterns(form, 2026)]

    known = {value for name, value in vars(Trait).items() if name.isupper()}
    assert set(names) <= {name for name in known if isinstance(name, str)}
    assert len(set(names)) == len(names)


def test_the_form_of_a_kind_follows_from_its_steps():
    """So that a new kind needs no list; an unknown kind has no rules of its own."""
    assert form_of_name("pan") is form_of_name("account") is Form.NUMBER
    assert form_of_name("phone") is Form.PHONE
    assert form_of_name("date_of_birth") is Form.DATE
    assert form_of_name("name") is form_of_name("kind_of_tomorrow") is Form.OTHER

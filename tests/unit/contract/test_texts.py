"""Labels that a reader would take for others, or for ours; names of queries built."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import Contract, Function, Measure, resolve
from cleanroom_join.contract.terms.model import Output
from cleanroom_join.contract.terms.texts import imitates, text_fault
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract, contract_toml
from tests.support.examples import examples
from tests.support.hostile_texts import toml_string


def faults(values, parents=""):
    """Return paths and codes of what is wrong with a dimension of these values."""
    listed = ", ".join(map(toml_string, values))
    above = f", parents = {{ {parents} }}" if parents else ""
    text = contract_toml(accounts=f"tier = {{ dimension = [{listed}]{above} }}")
    try:
        Contract.from_toml(text)
    except ContractError as error:
        prefix = "assets.accounts.columns.tier."
        return {(p.path.removeprefix(prefix), p.code) for p in error.problems}
    return set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("north", "North"),
        ("north", "NORTH"),
        ("straße", "strasse"),
        ("New York", "New  York"),
        ("gold", "\uff47\uff4f\uff4c\uff44"),
        ("2", "\u00b2"),
        ("ﬁne", "fine"),
        ("6-24m", "6\u201324m"),
        ("l'heure", "l\u2019heure"),
        ("ACE", "\u0410\u0421\u0415"),
        ("Post", "\u03a1ost"),
        ("cop", "\u0441\u043e\u0440"),
        ("\u03c3", "\u03c2"),
    ],
)
def test_two_labels_that_look_alike_are_refused(one, other):
    """Case, compatible forms, blanks, dashes, and letters that look like Latin ones."""
    assert faults([one, other]) == {("dimension", "E123")}
    assert faults([other, "x", one]) == {("dimension", "E123")}


def test_a_coarser_label_may_look_like_no_other_label():
    """Neither like a value nor like another coarser one."""
    assert faults(["a", "b"], 'a = "A"') == {("parents", "E123")}
    assert faults(["a", "b"], 'a = "low", b = "Low"') == {("parents", "E123")}
    assert faults(["a", "b"], 'a = "low", b = "low"') == set()


@pytest.mark.parametrize(
    "labels",
    [
        ["O", "0", "I", "1", "l"],
        ["other", "all", "all others", "null hypothesis"],
        ["0-6m", "6-24m", "24m+"],
        ["Žižkov", "Zizkov"],
        ["да", "нет"],
        ["כן", "לא"],
        ["(others)", "(all day)", "other (paid)"],
    ],
)
def test_labels_that_a_reader_tells_apart_are_not(labels):
    """Codes, words of any script, and the bare words that ours are made of."""
    assert faults(labels) == set()


@pytest.mark.parametrize(
    "label",
    [
        *("(Other)", "( other )", "[other]", "\uff08other\uff09", "(0ther)", "other."),
        *("(\u043ether)", "*all*", "(a11)", "(aIl)", "\u207d\u1d43\u02e1\u02e1\u207e"),
        *("NULL", "null", "(null)", "<null>", "\ufd3eother\ufd3f"),
    ],
)
def test_a_label_that_imitates_ours_is_refused(label):
    """As a value and as a coarser label: rows of that name have another meaning."""
    assert ("dimension", "E123") in faults([label, "x"])
    assert ("parents", "E123") in faults(["x", "y"], f"x = {toml_string(label)}")


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u2060", "\u00ad", "\u034f", "\ufe0f", "\u3164", "\u115f"]
)
def test_nothing_invisible_makes_another_label(hidden):
    """Neither of one of ours nor of another value."""
    assert ("dimension[0]", "E122") in faults([f"(other){hidden}", "x"])
    assert ("dimension[1]", "E122") in faults(["x", f"x{hidden}"])


CHANGES = {
    "capitals": str.upper,
    "small letters": str.lower,
    "title": str.title,
    "folded": str.casefold,
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "NFKD": lambda text: unicodedata.normalize("NFKD", text),
    "blanks": lambda text: text.replace(" ", "  "),
    "blank after": lambda text: f"{text} ",
    "hidden": lambda text: f"{text}\u200b",
}


@settings(max_examples=examples(2000), deadline=None)
@given(
    st.text(st.characters(categories=["L", "N", "P", "S", "Mn", "Zs"]), min_size=1),
    st.sampled_from(list(CHANGES)),
)
def test_no_label_stands_beside_a_normal_form_of_itself(label, how):
    """Whatever the label is: changed in case, form or blanks it is the same, or refused."""
    changed = CHANGES[how](label)

    assert changed == label or faults([label, changed])


def test_every_control_and_every_direction_mark_is_a_fault():
    """Of all characters there are: none of a category that is no sign or letter."""
    for code in range(0x110000):
        char = chr(code)
        if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
            assert text_fault(f"a{char}b") is not None, hex(code)
        elif unicodedata.category(char) == "Zs":
            assert (text_fault(f"a{char}b") is None) == (char == " "), hex(code)


def test_ours_imitate_themselves():
    """So nothing that only looks like them is let pass."""
    assert all(imitates(label) for label in ("(other)", "(all)", "NULL"))


@pytest.mark.parametrize("name", ["a\x1b[2J", "a b", "\u202ex", "x" * 128, "", "né"])
def test_a_measure_built_in_a_notebook_has_the_name_of_a_column(name):
    """Its name is printed like a registered one."""
    output = Output(
        name="unregistered",
        join=("payments", "accounts"),
        on="card",
        group_by=("region",),
        measures=(Measure(name=name, function=Function.COUNT),),
    )

    with pytest.raises(ContractError) as refused:
        resolve(contract(), output)

    (problem,) = refused.value.problems
    assert problem.code == "E112"


@pytest.mark.parametrize("name", ["cohort_size", "Cohort_Size"])
def test_a_dimension_is_not_called_like_our_column(name):
    """A release would have two columns of one name."""
    text = contract_toml(
        accounts=f"{name} = {{ dimension = ['a', 'b'] }}", group_by=("region", name)
    )

    with pytest.raises(ContractError) as refused:
        Contract.from_toml(text)

    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == ("outputs.segments.group_by[1]", "E116")


def test_two_dimensions_of_an_output_differ_in_more_than_case():
    """Spark takes their columns for one."""
    text = contract_toml(
        accounts="Region = { dimension = ['a', 'b'] }", group_by=("region", "Region")
    )

    with pytest.raises(ContractError) as refused:
        Contract.from_toml(text)

    assert {p.path for p in refused.value.problems} == {"outputs.segments.group_by[1]"}

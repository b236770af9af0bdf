"""The contract: strict in, every fault named, one digest, strictest of both."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import (
    Contract,
)
from cleanroom_join.errors import (
    ContractError,
    UnknownName,
)
from cleanroom_join.testing import contract, contract_toml

EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/*/collaboration.toml"))


def problems(text: str) -> dict[str, str]:
    """Return what is wrong with a contract, by path."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(text)
    return {p.path: f"{p} " for p in caught.value.problems}


def test_a_valid_contract_is_read():
    """The values are those of the document."""
    read = contract()

    assert read.terms.id == "test-collaboration"
    assert read.policy.min_cohort == 100
    assert read.output("segments").join == ("payments", "accounts")
    assert read.asset("payments").identifiers["card_token"].label == "pan"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.parent.name)
def test_the_examples_are_valid(path):
    """Both examples are contracts that can be loaded."""
    assert Contract.load(path).terms.outputs


def test_there_are_examples():
    """The parametrisation above is not empty."""
    assert {p.parent.name for p in EXAMPLES} == {"flights", "fraud"}


@pytest.mark.parametrize(
    ("change", "path", "code", "text"),
    [
        (
            ("revision = 1", "revison = 1"),
            "revison",
            "E110",
            'did you mean "revision"?',
        ),
        (("revision = 1", ""), "revision", "E111", "is missing"),
        (
            ("revision = 1", 'revision = "1"'),
            "revision",
            "E112",
            "must be a whole number, got a string",
        ),
        (("revision = 1", "revision = true"), "revision", "E112", "got a boolean"),
        (("revision = 1", "revision = 0"), "revision", "E113", "from 1"),
        (("schema = 1", "schema = 2"), "schema", "E113", "from 1 to 1"),
        (('id = "test-collaboration"', 'id = "A B"'), "id", "E112", "is not 3 to 63"),
        (("2099-12-31", "2099-12-31T00:00:00Z"), "expires", "E112", "without a time"),
        (
            ('role = "creator"', 'role = "colaborator"'),
            "parties.acme.role",
            "E112",
            'did you mean "collaborator"?',
        ),
        (
            ('role = "creator"', 'role = "collaborator"'),
            "parties",
            "E116",
            "one must be creator",
        ),
        (
            ('[parties.globex]\nrole = "collaborator"', ""),
            "parties",
            "E116",
            "must be two",
        ),
        (
            ('kind = "pan"', 'kind = "pam"'),
            "subjects.card.kind",
            "E112",
            'did you mean "pan"?',
        ),
        (
            ('spec = "token-v1"', 'spec = "token-v2"'),
            "tokens.spec",
            "E112",
            'is not one of "token-v1"',
        ),
        (
            ('state = "active"', 'state = "retired"'),
            "tokens.keys",
            "E116",
            "exactly one active key",
        ),
        (('id = "k1"', 'id = "K-1"'), "tokens.keys[0].id", "E112", "1 to 16"),
        (
            ('party = "acme"\ntable = "signals', 'party = "acne"\ntable = "signals'),
            "assets.payments.party",
            "E115",
            'did you mean "acme"?',
        ),
        (
            ('table = "signals.payments"', 'table = "payments"'),
            "assets.payments.table",
            "E112",
            "schema.table",
        ),
        (
            ('one_row_per = "card"', 'one_row_per = "cart"'),
            "assets.accounts.one_row_per",
            "E115",
            'did you mean "card"?',
        ),
        (
            ('one_row_per = "card"', ""),
            "outputs.segments.join",
            "E116",
            "may both have many rows",
        ),
        (
            ('["north", "south"]', "[]"),
            "assets.payments.columns.region.dimension",
            "E113",
            "must not be empty",
        ),
        (
            ('["north", "south"]', '["north", "north"]'),
            "assets.payments.columns.region.dimension[1]",
            "E116",
            "named twice",
        ),
        (
            ('["north", "south"]', '["north", 1]'),
            "assets.payments.columns.region.dimension[1]",
            "E112",
            "must be a string",
        ),
        (
            ('["north", "south"]', '["(other)"]'),
            "assets.payments.columns.region.dimension",
            "E116",
            "reserved",
        ),
        (
            ('["north", "south"]', "1.5"),
            "assets.payments.columns.region.dimension",
            "E112",
            "boolean",
        ),
        (
            ("max = 1000,", "max = -1,"),
            "assets.payments.columns.amount.min",
            "E113",
            "must not be above max",
        ),
        (
            ("max = 1000,", "max = 1e12,"),
            "assets.payments.columns.amount.max",
            "E113",
            "must be from -1000000000 to 1000000000",
        ),
        (
            ("max = 1000,", "max = 1e8,"),
            "assets.payments.columns.amount.max",
            "E113",
            "at most 1000000000 units of scale",
        ),
        (
            ("max = 1000,", "max = 1e999999999,"),
            "assets.payments.columns.amount.max",
            "E113",
            "18 digits",
        ),
        (
            ("max = 1000,", "max = 10.005,"),
            "assets.payments.columns.amount.max",
            "E113",
            "decimal places",
        ),
        (
            ("max = 1000,", "max = inf,"),
            "assets.payments.columns.amount.max",
            "E113",
            "finite",
        ),
        (
            ("max = 1000,", "max = nan,"),
            "assets.payments.columns.amount.max",
            "E113",
            "finite",
        ),
        (
            (
                'fraud = { measure = "boolean" }',
                'fraud = { measure = "boolean", dimension = "boolean" }',
            ),
            "assets.payments.columns.fraud",
            "E116",
            "one of subject",
        ),
        (
            ('["payments", "accounts"]', '["payments", "acounts"]'),
            "outputs.segments.join[1]",
            "E115",
            'did you mean "accounts"?',
        ),
        (
            ('["payments", "accounts"]', '["accounts", "accounts"]'),
            "outputs.segments.join[1]",
            "E116",
            "named twice",
        ),
        (
            ('on = "card"', 'on = "cart"'),
            "outputs.segments.on",
            "E115",
            "is no subject",
        ),
        (
            ('group_by = ["region"', 'group_by = ["regoin"'),
            "outputs.segments.group_by[0]",
            "E115",
            '"regoin" is not a dimension of any joined asset; did you mean "region"?',
        ),
        (
            ('group_by = ["region"', 'group_by = ["amount"'),
            "outputs.segments.group_by[0]",
            "E115",
            "not a dimension",
        ),
        (
            ('column = "fraud"', 'column = "amount"'),
            "outputs.segments.measures.fraud_rate.column",
            "E115",
            "not a boolean measure",
        ),
        (
            ('function = "mean"', 'function = "median"'),
            "outputs.segments.measures.mean_amount.function",
            "E112",
            "is not one of",
        ),
        (
            ('function = "mean"', 'function = "max"'),
            "outputs.segments.measures.mean_amount.function",
            "E112",
            "is not one of",
        ),
        (
            (
                'record_count = { function = "count" }',
                'cohort_size = { function = "count" }',
            ),
            "outputs.segments.measures.cohort_size",
            "E116",
            "another output column",
        ),
        (
            (
                'record_count = { function = "count" }',
                'record_count = { function = "count", column = "fraud" }',
            ),
            "outputs.segments.measures.record_count.column",
            "E116",
            "takes no column",
        ),
        (
            (
                'record_count = { function = "count" }',
                'record_count = { function = "sum" }',
            ),
            "outputs.segments.measures.record_count.column",
            "E111",
            "is missing; expected a string",
        ),
        (
            ('{ function = "count" }', '{ functoin = "count" }'),
            "outputs.segments.measures.record_count.functoin",
            "E110",
            'did you mean "function"?',
        ),
        (
            (
                '{ measure = "boolean" }',
                '{ measure = "int", min = 0, max = 9, scale = 1 }',
            ),
            "assets.payments.columns.fraud.scale",
            "E116",
            "int takes no scale",
        ),
        (
            ('{ measure = "boolean" }', '{ measure = "int", min = 0.5, max = 9 }'),
            "assets.payments.columns.fraud.min",
            "E112",
            "must be a whole number",
        ),
        (
            ('state = "active" }', 'state = "active" }, {}'),
            "tokens.keys[1].id",
            "E111",
            "is missing",
        ),
        (
            ('state = "active" }', 'state = "active" }, 7'),
            "tokens.keys[1]",
            "E112",
            "must be a table, got a whole number",
        ),
        (
            ('"acme"\ntable = "state.ledger"', '"acne"\ntable = "state.ledger"'),
            "ledger.party",
            "E115",
            'did you mean "acme"?',
        ),
        (("schema = 1", "schema = 1\nschema = 1"), "contract", "E119", "is not TOML"),
        (
            ("[policy]", "[policy]\nmin_cohort = 99"),
            "policy.min_cohort",
            "E114",
            "at least 100",
        ),
        (
            ("[policy]", "[policy]\nmin_cohort = -1"),
            "policy.min_cohort",
            "E114",
            "at least 100",
        ),
        (
            ("[policy]", "[policy]\nmin_cohort = 100.5"),
            "policy.min_cohort",
            "E112",
            "whole number",
        ),
        (
            ("[policy]", "[policy]\nmin_cohort = nan"),
            "policy.min_cohort",
            "E113",
            "finite",
        ),
        (
            ("[policy]", "[policy]\nmin_cohort = true"),
            "policy.min_cohort",
            "E112",
            "must be a whole number, got a boolean",
        ),
        (
            ("[policy]", "[policy]\nmin_cohrt = 100"),
            "policy.min_cohrt",
            "E110",
            'did you mean "min_cohort"?',
        ),
        (
            (
                "[policy]",
                "[policy]\nmin_cohort = 100\nmin_opposite = 10\nmin_cohrt = 1",
            ),
            "policy.min_cohrt",
            "E110",
            'did you mean "min_cohort"?',
        ),
        (
            ("[policy]", '[policy]\nprotection = "none"'),
            "policy.protection",
            "E112",
            "is not one of",
        ),
        (
            ("[policy]", '[policy]\nprotection = "dp"'),
            "policy.protection",
            "E112",
            '"perturbed"; differential privacy is not in this version',
        ),
        (
            ("[policy]", "[policy]\nperturbation = { variance = 0.5 }"),
            "policy.perturbation.variance",
            "E113",
            "from 1 to 36",
        ),
        (
            ("[policy]", "[policy]\nperturbation = { max_noise = 9 }"),
            "policy.perturbation.max_noise",
            "E113",
            "from 10 to 50",
        ),
        (
            ("[policy]", "[policy]\nperturbation = { max_noise = 12.5 }"),
            "policy.perturbation.max_noise",
            "E112",
            "whole number",
        ),
        (
            ("[policy]", '[policy]\nperturbation = { variance = "4" }'),
            "policy.perturbation.variance",
            "E112",
            "must be a number",
        ),
        (
            ("[policy]", "[policy]\nperturbation = { sigma = 2 }"),
            "policy.perturbation.sigma",
            "E110",
            "unknown key",
        ),
        (
            ("[policy]", "[policy]\ncontribution = { rows = 5 }"),
            "policy.contribution.rows",
            "E120",
            'expected protection = "perturbed" beside it, got "threshold"',
        ),
        (
            (
                'role = "collaborator"',
                'role = "collaborator"\npolicy = { contribution = { rows = 5 } }',
            ),
            "policy.contribution.rows",
            "E120",
            "leave contribution out",
        ),
        (
            ("[policy]", "[policy]\ncontribution = { rows = 1001 }"),
            "policy.contribution.rows",
            "E113",
            "from 0 to 1000",
        ),
        (
            ("[policy]", "[policy]\ncontribution = { rows = 2.5 }"),
            "policy.contribution.rows",
            "E112",
            "whole number",
        ),
        (
            ("[policy]", "[policy]\ncontribution = { row = 5 }"),
            "policy.contribution.row",
            "E110",
            'did you mean "rows"?',
        ),
        (
            (
                'role = "collaborator"',
                'role = "collaborator"\npolicy = { protection = "dp" }',
            ),
            "parties.globex.policy.protection",
            "E112",
            "is not in this version",
        ),
        (
            ("[policy]", "[policy]\nmax_cells = 5"),
            "outputs.segments.group_by",
            "E117",
            "16 possible cells, the policy allows 5",
        ),
        (
            (
                'role = "collaborator"',
                'role = "collaborator"\npolicy = { min_cohort = 10 }',
            ),
            "parties.globex.policy.min_cohort",
            "E114",
            "at least 100",
        ),
    ],
)
def test_each_fault_has_its_path_and_code(change, path, code, text):
    """A wrong contract names where, what, and often what was meant."""
    document = contract_toml()
    assert change[0] in document

    found = problems(document.replace(*change, 1))

    assert path in found
    assert f"[{code}]" in found[path]
    assert text in found[path]


def test_all_faults_are_named_at_once():
    """One run of the parser is enough to mend a contract."""
    text = (
        contract_toml()
        .replace('kind = "pan"', 'kind = "x"')
        .replace("revision = 1", "revision = 0")
        .replace('on = "card"', 'on = "cat"')
    )

    found = problems(text)

    assert set(found) == {"subjects.card.kind", "revision", "outputs.segments.on"}


def test_what_cannot_be_read_is_said_once():
    """A missing table is one fault: neither its keys nor their substitutes are faults."""
    text = contract_toml()
    tokens = text[text.index("[tokens]") : text.index("[assets.payments]")]

    assert set(problems(text.replace(tokens, ""))) == {"tokens"}
    assert set(problems(text.replace(tokens, "[tokens]\nkeys = 1\n"))) == {
        "tokens.spec",
        "tokens.keys",
    }


def test_an_empty_ledger_is_no_ledger_left_out():
    """A heading without keys is a ledger whose keys are missing."""
    text = contract_toml()
    ledger = text[text.index("[ledger]") : text.index("[tokens]")]

    found = problems(text.replace(ledger, "[ledger]\n"))

    assert set(found) == {f"ledger.{k}" for k in ("party", "table", "anchor", "secret")}


def test_a_name_moves_no_readers_terminal():
    """Control characters of the other party's contract are in no path."""
    text = contract_toml().replace("[parties.globex]", '[parties."gl\\u001b[2Jobex"]')

    found = problems(text)

    assert "parties.gl?[2Jobex" in found
    assert "\x1b" not in "".join([*found, *found.values()])


def test_a_whole_number_may_have_a_point():
    """1.0 means what 1 means: here, in the digest, and in JSON Schema."""
    text = contract_toml(accounts="grade = { dimension = [1, 2] }")
    pointed = text.replace("revision = 1\n", "revision = 1.0\n").replace(
        "[1, 2]", "[1.0, 2]"
    )

    assert pointed != text
    assert Contract.from_toml(pointed) == Contract.from_toml(text)


def test_comments_and_layout_do_not_change_the_digest():
    """Two editors may format the file differently."""
    text = contract_toml()

    again = "# a comment\n" + text.replace("revision = 1", "revision   =   1").replace(
        "0.", "0."
    )

    assert Contract.from_toml(again).digest == Contract.from_toml(text).digest


def test_equal_numbers_have_one_digest():
    """0.90 and 0.9 mean the same; 0.91 does not."""
    digests = [
        Contract.from_toml(
            contract_toml(policy=f"dominance = {{ share = {share} }}")
        ).digest
        for share in ("0.90", "0.9", "0.91")
    ]

    assert digests[0] == digests[1] != digests[2]


def test_every_value_changes_the_digest():
    """A revision, a text, a date, a bound and a label are all in the digest."""
    base = contract_toml()
    changes = [
        ("revision = 1", "revision = 2"),
        ('"tests"', '"test"'),
        ("2099-12-31", "2099-12-30"),
        ("max = 1000", "max = 999"),
        ('"north"', '"nord"'),
    ]

    digests = {
        Contract.from_toml(base.replace(*change, 1)).digest for change in changes
    }

    assert len(digests | {Contract.from_toml(base).digest}) == len(changes) + 1


def test_another_digest_is_refused():
    """A contract with another digest than the agreed one is not loaded."""
    with pytest.raises(ContractError, match="E101") as caught:
        Contract.from_toml(contract_toml(), sha256="0" * 64)

    assert caught.value.code == "E101"


@pytest.mark.parametrize("pin", ["", "é", "A" * 64, "x"])
def test_a_strange_pin_is_refused_not_ignored(pin):
    """An empty pin does not mean *any*."""
    with pytest.raises(ContractError, match="E101"):
        Contract.from_toml(contract_toml(), sha256=pin)


def test_naming_the_digest_changes_nothing_else():
    """In the room the other party's anchor decides, not what the reader named."""
    assert Contract.from_toml(contract_toml()) == contract()


def test_the_last_day_counts():
    """A contract is in force on its last day and refused on the next."""
    read = contract()

    read.refuse_if_expired(dt.date(2099, 12, 31))
    with pytest.raises(ContractError, match="E102") as caught:
        read.refuse_if_expired(dt.date(2100, 1, 1))

    assert caught.value.code == "E102"


def refused(path, tmp_path):
    """Return the error of a file, which never names the folder."""
    with pytest.raises(ContractError) as caught:
        Contract.load(path)
    text = str(caught.value)
    assert str(tmp_path) not in text
    return text, [problem.code for problem in caught.value.problems]


def test_a_file_that_is_not_there_has_no_problems_counted(tmp_path):
    """The error says that it does not exist, and counts no problems."""
    text, codes = refused(tmp_path / "nope.toml", tmp_path)

    assert '"nope.toml" does not exist' in text
    assert "problem" not in text
    assert codes == ["E118"]


def test_a_folder_is_no_contract(tmp_path):
    """The error says that it is a folder."""
    (tmp_path / "agreed").mkdir()

    text, codes = refused(tmp_path / "agreed", tmp_path)

    assert '"agreed" is a folder' in text
    assert codes == ["E118"]


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    """The error says so, and names the class of any other system error."""

    def fail(_):
        raise error

    monkeypatch.setattr("pathlib.Path.read_bytes", fail)
    error = PermissionError(13, "Permission denied", str(tmp_path / "c.toml"))
    assert "must not be read" in refused(tmp_path / "c.toml", tmp_path)[0]
    error = OSError(5, "Input/output error", str(tmp_path / "c.toml"))
    assert "cannot be read (OSError)" in refused(tmp_path / "c.toml", tmp_path)[0]


def test_text_that_is_no_contract_is_named(tmp_path):
    """The error names the file, since there may be several."""
    (tmp_path / "c.toml").write_bytes(b"\xff")
    assert '"c.toml" is not UTF-8' in refused(tmp_path / "c.toml", tmp_path)[0]

    (tmp_path / "c.toml").write_text("schema = ")
    text, codes = refused(tmp_path / "c.toml", tmp_path)
    assert "c.toml: is not TOML" in text
    assert codes == ["E119"]


def test_unknown_names_are_refused_with_the_known_ones():
    """The error for a misspelt output suggests the nearest declared one."""
    with pytest.raises(UnknownName) as caught:
        contract().output("segmets")

    assert 'did you mean "segments"?' in str(caught.value)


def test_repr_shows_names_only():
    """A contract in a log is one short line."""
    assert repr(contract()).startswith(
        "Contract(id='test-collaboration', revision=1, digest="
    )
    assert len(repr(contract())) < 100


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    """Text that is no contract is refused with our own error."""
    with pytest.raises(ContractError):
        Contract.from_toml(text)


@given(st.data())
def test_no_replaced_value_breaks_the_reader(data):
    """Any value in place of any other is accepted or refused; the reader never fails."""
    from cleanroom_join.contract.contract import check_terms
    from cleanroom_join.contract.document.toml_text import parse_toml, read_document

    document, _ = parse_toml(contract_toml())
    anything = st.sampled_from(
        [
            None,
            True,
            1,
            -1,
            10**30,
            Decimal("NaN"),
            Decimal("1e99"),
            "",
            "x",
            [],
            [1],
            ["a"],
            [{}],
            {},
            {"a": {}},
            dt.date(2020, 1, 1),
        ]
    )
    node = document
    while True:
        key = data.draw(st.sampled_from(sorted(node)))
        inner = node[key]
        if not isinstance(inner, dict) or not inner or data.draw(st.booleans()):
            value = data.draw(anything)
            if value is None:
                del node[key]
            else:
                node[key] = value
            break
        node = inner
    found = []

    said = read_document(document, found)
    check_terms(said.terms, said.policy)

    assert all(problem.code.startswith("E11") for problem in found)

"""Refusals: which errors depend on data, and how one is kept until it may be raised."""

from __future__ import annotations

import pickle

import pytest

from cleanroom_join.contract import resolve
from cleanroom_join.disclosure.ledger.encoding import (
    chunk_bytes,
    read_entry,
    write_entry,
)
from cleanroom_join.errors import (
    EVIDENCE,
    ConsentRefused,
    ContractError,
    DisclosureError,
    Evidence,
    InternalError,
    KeyRefused,
    NoOverlap,
    Refusal,
    ReleaseRefused,
    SparkFailure,
    TableRefused,
    TokensRefused,
    WriteFailed,
    depends_on_data,
)
from cleanroom_join.testing import contract
from tests.support.error_codes import codes
from tests.support.ledger_entries import ledger_entry

LONG = "\U0001f600" * 100
"""A name as long as an error quotes any, whose characters take twelve bytes in JSON."""

RAISED_BY_DATA = [
    NoOverlap.few_subjects(LONG, 10**9),
    NoOverlap.few_matches(LONG, LONG, 10**9),
    NoOverlap.or_no_cell(LONG, LONG),
    TableRefused.not_finite(LONG, LONG),
    TableRefused.wrong_values(LONG, LONG, "numbers"),
    TokensRefused.not_tokens(LONG, LONG),
    TokensRefused.raw_identifiers(LONG, LONG),
    TokensRefused.duplicates(LONG, LONG),
    TokensRefused.mixed_within(LONG),
    TokensRefused.mixed_between(LONG, LONG),
    TokensRefused.unknown_key_id(LONG, [LONG] * 4),
    SparkFailure.during("aggregating", LONG),
    DisclosureError.too_many_cells(10**9, 10**9),
    ReleaseRefused.because("NEEDS_REVIEW", ["not_empty: no cell passed the guard"]),
    InternalError.of("a cell occurs twice"),
    ConsentRefused.odd_rows(LONG),
    ConsentRefused.other_key_ids(LONG),
    ConsentRefused.other_key_ids(LONG, LONG),
]
RAISED_BY_TERMS = [
    TableRefused.missing_columns("t", ["a"], ["b"]),
    TableRefused.undeclared_columns("t", ["a"]),
    TableRefused.column_type("a", "STRING", "INT"),
    DisclosureError.too_many_releases(1, "in all"),
    ReleaseRefused.unsaved(),
    ReleaseRefused.not_recorded(),
    WriteFailed.exists("here"),
    ConsentRefused.no_heartbeat("acme"),
    ConsentRefused.early_heartbeat("acme"),
    ConsentRefused.stale("acme", 25, 24),
    ConsentRefused.suspended("acme", "globex"),
    ConsentRefused.no_state("accounts", "consent.consent_state"),
]


def name(error):
    """Return an error's class and code, for the test's name."""
    return f"{type(error).__name__}-{error.code}"


def test_the_table_says_of_every_code_what_it_follows_from():
    """A new error needs a line in it."""
    problems = {"E118"}  # inside a contract's error, never an error's own code

    assert EVIDENCE.keys() == codes().keys() - problems
    assert set(EVIDENCE.values()) == set(Evidence)


@pytest.mark.parametrize("error", RAISED_BY_DATA, ids=name)
def test_what_rows_decide_depends_on_data(error):
    """It is recorded before anybody sees it."""
    assert depends_on_data(error)


@pytest.mark.parametrize("error", RAISED_BY_TERMS, ids=name)
def test_what_no_row_decides_does_not(error):
    """It is raised at once."""
    assert not depends_on_data(error)


@pytest.mark.parametrize(
    "error",
    [ValueError("x"), KeyError(), MemoryError(), NoOverlap("x", code="E999")],
    ids=repr,
)
def test_an_unknown_error_depends_on_data(error):
    """Of another library, or of a code that the table does not have."""
    assert depends_on_data(error)


@pytest.mark.parametrize("error", RAISED_BY_DATA, ids=name)
def test_a_refusal_is_raised_as_it_was(error):
    """Class, code, message and hint; through a ledger entry too."""
    entry = ledger_entry(refusal=Refusal.of(error))

    again = read_entry(write_entry(entry)).refusal.error()

    assert read_entry(write_entry(entry)) == entry
    assert type(again) is type(error)
    assert (again.code, again.message, again.hint) == (
        error.code,
        error.message,
        error.hint,
    )


def test_a_hint_may_say_more_when_it_is_raised():
    """What to do with the entry is known only then."""
    with_hint = Refusal.of(NoOverlap.few_matches("a", "b", 100))
    without = Refusal.of(SparkFailure("x"))

    assert with_hint.error("Append it.").hint == f"{with_hint.hint} Append it."
    assert without.error("Append it.").hint == "Append it."
    assert without.error().hint is None


@pytest.mark.parametrize(
    "error", [ValueError("4111111111111111"), OSError(2, "4111111111111111")]
)
def test_a_foreign_errors_text_is_not_kept(error):
    """It may quote a value."""
    refusal = Refusal.of(error)

    assert "4111" not in str(refusal.as_json())
    assert isinstance(refusal.error(), InternalError)
    assert refusal.error().__context__ is None


@pytest.mark.parametrize(
    "error", [ContractError("x"), KeyRefused("x"), WriteFailed("x")], ids=name
)
def test_an_error_that_no_row_causes_is_kept_as_a_bug(error):
    """It should have been raised at once, so its text is not kept either."""
    assert Refusal.of(error).code == InternalError.code


def test_a_refusal_shows_nothing_of_itself():
    """It is secret until the ledger has it."""
    refusal = Refusal.of(NoOverlap.few_matches("a", "b", 100))

    assert "E310" not in repr(refusal)
    assert pickle.loads(pickle.dumps(refusal)) == refusal


@pytest.mark.parametrize("error", RAISED_BY_DATA, ids=name)
def test_a_refusal_fits_the_chunk_of_a_cell(error):
    """Whoever keeps the chunks sees no difference to an answer, whatever the names."""
    query = resolve(contract(), contract().output("segments"))
    refused = ledger_entry(refusal=Refusal.of(error), cells={}, leaves=frozenset())

    chunks = [write_entry(e, chunk_bytes(query), 9) for e in (refused, ledger_entry())]

    assert [len(chunk) for chunk in chunks[0]] == [len(chunk) for chunk in chunks[1]]
    assert len(chunks[0][0]) == chunk_bytes(query)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "NoOverlap", "code": None, "message": "x", "hint": None},
        {"kind": "KeyboardInterrupt", "code": "E310", "message": "x", "hint": None},
        {"kind": None, "code": "E310", "message": "x", "hint": None},
    ],
)
def test_fields_that_are_no_refusal_are_refused(fields):
    """An entry with such fields cannot be read, so its ledger is outdated."""
    with pytest.raises((LookupError, TypeError)):
        Refusal.from_json(fields)

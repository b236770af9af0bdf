"""The text of a first contract: always a contract, and nothing of few subjects in it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import (
    Contract,
    DateFormat,
    DimensionType,
    MeasureType,
    TokenKind,
)
from cleanroom_join.first_contract.column_facts import Storage
from cleanroom_join.first_contract.column_roles import ColumnRole, Role
from cleanroom_join.first_contract.contents import (
    with_bounds,
    with_domain,
    with_parents,
)
from cleanroom_join.first_contract.draft import (
    Draft,
    DraftColumn,
    DraftMeasure,
    DraftTable,
    without_repeated_names,
)
from cleanroom_join.first_contract.output_choice import CellFigures, choose_measures
from cleanroom_join.first_contract.role_choice import role_of
from cleanroom_join.first_contract.shared_identifiers import SharedIdentifier
from cleanroom_join.first_contract.toml_draft import draft_toml
from tests.support.raw_columns import facts

EXPIRES = dt.date(2099, 12, 31)
REGION = ColumnRole(name="region", role=Role.DIMENSION, reason="few values")
SURE = with_domain(REGION, ["north", "south"], 100)
ACCOUNT = SharedIdentifier(kinds=(TokenKind.ACCOUNT,), sources=(("no",), ("id",)))
GOOD = CellFigures(subjects=500, rows=900, clamped=0, off_low=99, off_high=99)


def draft(left, right, **changes):
    """Return a draft of two tables with these columns."""
    tables = without_repeated_names(
        tuple(
            DraftTable(
                party=p, asset=a, columns=tuple(columns), one_row_per_subject=one
            )
            for p, a, columns, one in (
                ("alpha", "members", left, False),
                ("beta", "clients", right, True),
            )
        )
    )
    measured = [(c, [GOOD]) for t in tables for c in t.of(Role.MEASURE)]
    labelled = [c.name for t in tables for c in t.of(Role.DIMENSION)]
    fields = {
        "tables": tables,
        "identifier": ACCOUNT,
        "subject": "person",
        "alternatives": (),
        "group_by": tuple(labelled[:2]),
        "measures": choose_measures(measured, labelled[:2], 100),
        "expires": EXPIRES,
        **changes,
    }
    return Draft(**fields)


HOSTILE = st.text(max_size=12) | st.sampled_from(
    [
        "a\nb = 1",
        '"',
        "'''",
        '"""',
        "#",
        "]",
        "[outputs.x]",
        "\\",
        "\ud800",
        "\x7f",
        "\x00",
        "(other)",
        "(all)",
        "NULL",
        "a",
        "A",
        "cohort_size",
        "record_count",
        "person_token",
        "person_token_k1",
        "ledger",
        "e\u0301",
        "\u202e",
        "x" * 210,
        "I10",
        "I21",
        "I*",
        "j18",
        "1",
        "2",
        "-3",
        "true",
        "no",
        "9" * 25,
        "1984-02-29",
        "p@example.org",
        "名前",
        "ſ",
        "ß",
    ]
)
PLAIN = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True)
NAMES = HOSTILE | PLAIN | PLAIN | st.sampled_from(["month", "region_code", "amount"])


VALUES = (
    st.lists(HOSTILE, min_size=3, max_size=6)
    | st.sampled_from(
        [
            ["true", "false"],
            ["0", "1"],
            ["17", "2586", "4"],
            ["1.25", "9.5"],
            ["I10", "I21", "J18"],
            ["5411", "5812", "4829"],
            ["-7", "3", "12"],
        ]
    )
    | st.lists(st.text("abcXYZ \"'#\\[]{}=.,*éß名", min_size=1, max_size=5), min_size=3)
)
STORAGES = st.sampled_from([Storage.FREE_TEXT, Storage.FREE_TEXT, *Storage])


@st.composite
def columns(draw):
    """Return columns with hostile names and values, as their facts decide."""
    found = []
    for name in draw(st.lists(NAMES, max_size=4, unique=True)):
        values, storage = draw(VALUES), draw(STORAGES)
        role = role_of(facts(name, values, storage, times=100))
        column = DraftColumn(role=role)
        if role.role is Role.DIMENSION:
            whole = role.dimension is DimensionType.INT
            known = [v for v in values if v.lstrip("-").isdecimal() and v.isascii()]
            column = with_domain(role, known if whole else values, 100)
            coarser = st.sampled_from(draw(st.lists(HOSTILE, min_size=2, max_size=2)))
            groups = {label: draw(coarser) for label in column.labels}
            column = (
                with_parents(column, {"group": groups}) if column.labels else column
            )
        elif role.role is Role.MEASURE and role.measure is not MeasureType.BOOLEAN:
            numbers = st.decimals(-(10**6), 10**6, places=4) | st.just(Decimal(10**12))
            column = with_bounds(column, *sorted(draw(st.tuples(numbers, numbers))))
        found.append(column)
    return found


SOURCES = st.text(
    st.characters(
        min_codepoint=33, max_codepoint=0x17F, exclude_categories=["C", "Z", "M"]
    ),
    min_size=1,
    max_size=9,
)


@given(columns(), columns(), SOURCES, SOURCES)
def test_a_draft_is_a_contract_whatever_columns_are_called(left, right, no, identity):
    """Names and values that break TOML, comments, or a rule about labels."""
    identifier = SharedIdentifier(
        kinds=(TokenKind.EMAIL,), sources=((no,), (identity,))
    )
    made = draft(
        [SURE, *left], right, identifier=identifier, alternatives=(identifier,)
    )

    text = draft_toml(made)

    terms = Contract.from_toml(text).terms
    assert set(terms.assets) == {"members", "clients"}
    assert terms.outputs["first_figures"].group_by == made.group_by
    for table in made.tables:
        declared = terms.assets[table.asset]
        shared = {c.name for c in (*table.of(Role.DIMENSION), *table.of(Role.MEASURE))}
        token = declared.token_column("person").name
        assert set(declared.columns) == {*shared, token}
        assert declared.one_row_per == ("person" if table.one_row_per_subject else None)


def test_a_token_column_meets_no_column_of_either_table():
    """Else an output could not tell which is meant."""
    role = role_of(facts("person_token", ["true", "false"], times=100))

    terms = Contract.from_toml(
        draft_toml(draft([SURE], [DraftColumn(role=role)]))
    ).terms

    assert "person_token_2" in terms.assets["members"].columns
    assert "person_token_2" in terms.assets["clients"].columns


def test_a_composite_names_its_columns_and_formats():
    """In the order of its kinds, for each table in its own way."""
    kinds = (TokenKind.NAME, TokenKind.NAME, TokenKind.DATE_OF_BIRTH)
    identifier = SharedIdentifier(
        kinds=kinds,
        sources=(("given", "sur", "born"), ("Vor name", "Nach name", "geboren")),
        date_formats=(DateFormat.COMPACT, DateFormat.ISO),
    )

    terms = Contract.from_toml(
        draft_toml(draft([SURE], [], identifier=identifier))
    ).terms
    left, right = (a.token_column("person") for a in terms.assets.values())

    assert terms.subjects["person"].kinds == kinds
    assert (left.sources, left.date_format) == (
        ("given", "sur", "born"),
        DateFormat.COMPACT,
    )
    assert (right.sources, right.date_format) == (
        ("Vor name", "Nach name", "geboren"),
        DateFormat.ISO,
    )


def test_everything_uncertain_is_a_comment():
    """What was left out and why, the other identifiers, and what to make sure of."""
    role = ColumnRole.left_out("notes", "too many values for a dimension")
    other = SharedIdentifier(kinds=(TokenKind.EMAIL,), sources=(("mail",), ("email",)))

    text = draft_toml(draft([SURE, DraftColumn(role=role)], [], alternatives=(other,)))

    assert "#   notes: too many values for a dimension" in text
    assert '# These match as well, with kind = "email":\n#   members: mail\n' in text
    assert "make sure that they do" in text
    assert '# consent = "COLUMN"' in text


def test_a_line_is_for_a_screen():
    """A long domain takes several lines; text before a comment may be longer."""
    labels = [f"label number {n}" for n in range(60)]
    long = with_domain(
        ColumnRole(name="d", role=Role.DIMENSION, reason=""), labels, 100
    )

    lines = draft_toml(draft([SURE, long], [])).splitlines()

    assert max(map(len, lines)) <= 100
    assert Contract.from_toml("\n".join(lines)).terms.assets["members"].columns[
        "d"
    ].values == (long.labels)


def test_the_same_tables_give_the_same_text():
    """So that two drafts can be compared."""
    measures = (DraftMeasure(name="record_count", function="count"),)

    first, second = (draft_toml(draft([SURE], [], measures=measures)) for _ in range(2))

    assert first == second

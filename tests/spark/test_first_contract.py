"""First contracts of made-up tables: what Spark counts, and what never gets out."""

from __future__ import annotations

import csv
import datetime as dt
import random
from contextlib import nullcontext

import pytest

from cleanroom_join.contract import Contract, MeasureType, TokenKind
from cleanroom_join.errors import TableRefused
from cleanroom_join.first_contract.column_roles import Role
from cleanroom_join.spark.first_contract.drafting import draft_contract
from cleanroom_join.spark.first_contract.raw_facts import RawTable
from cleanroom_join.spark.first_contract.token_tables import kept_in
from cleanroom_join.spark.party.raw_files import read_raw_file
from cleanroom_join.spark.rehearsal.rehearsal import rehearse

PERSONS = 900
RARE = "Rare Valley"
OUTLIER = "87654.32"


def write(path, rows):
    """Write rows of texts, the first of which has the columns' names."""
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture(scope="module")
def identifiers():
    """Ten digits for each person, spelled in two ways by the parties."""
    made = random.Random(3).sample(range(10**9), PERSONS)
    return [f"{number:010d}" for number in made]


@pytest.fixture(scope="module")
def data(tmp_path_factory, identifiers):
    """Claims and members as CSV, laid out for a rehearsal."""
    folder = tmp_path_factory.mktemp("raw")
    draws = random.Random(4)
    members = [["member_id", "region", "half", "home plan", "consented"]]
    for index, person in enumerate(identifiers):
        region = RARE if index < 99 else draws.choice(["N1", "N2", "S1", "S2"])
        half = {"N": "north", "S": "south"}.get(region[0], "")
        agreed = "false" if index >= PERSONS - 50 else "true"
        members.append([person, region, half, "basic", agreed])
    claims = [["insurance_no", "diagnosis", "readmitted", "cost", "admitted_at"]]
    for number in range(3_000):
        person = draws.choice(identifiers)
        cost = OUTLIER if number == 7 else f"{draws.uniform(10, 900):.2f}"
        row = [f"{person[:3]}-{person[3:]}", draws.choice(["I10", "I21", "J18", "J44"])]
        claims.append([*row, draws.choice(["true", "false"]), cost, "2025-03-27"])
    write(folder / "hospital" / "claims.csv", claims)
    write(folder / "insurer" / "members.csv", members)
    return folder


def drafted(spark, files, folder):
    """Draft the contract of two files, named like their party's folder."""
    left, right = (
        RawTable(
            party=path.parent.name,
            asset=path.stem,
            frame=read_raw_file(spark, path),
            is_csv=True,
        )
        for path in files
    )
    return draft_contract(
        (left, right),
        expires=dt.date(2099, 12, 31),
        progress=lambda _: nullcontext(),
        keep=kept_in(folder),
    )


@pytest.fixture(scope="module")
def first(spark, data, tmp_path_factory):
    """The first contract of claims and members."""
    files = (data / "hospital" / "claims.csv", data / "insurer" / "members.csv")
    return drafted(spark, files, tmp_path_factory.mktemp("scratch"))


def test_columns_become_what_their_data_allow(first):
    """Identifier, consent, domains with coarser labels, bounds, one row per subject."""
    terms = first.contract.terms
    claims, members = terms.assets["claims"].columns, terms.assets["members"].columns

    assert terms.subjects["person"].kinds == (TokenKind.ACCOUNT,)
    assert claims["person_token"].sources == ("insurance_no",)
    assert members["person_token"].sources == ("member_id",)
    assert terms.assets["members"].consent == "consented"
    assert terms.assets["members"].one_row_per == "person"
    assert terms.assets["claims"].one_row_per is None
    assert claims["diagnosis"].values == ("I10", "I21", "J18", "J44")
    assert claims["diagnosis"].sensitive
    assert set(claims["diagnosis"].parents.values()) == {"I*", "J*"}
    assert members["region"].values == ("N1", "N2", "S1", "S2")
    assert members["region"].parents["S2"] == "south"
    assert claims["readmitted"].type is MeasureType.BOOLEAN
    assert (claims["cost"].minimum, claims["cost"].maximum, claims["cost"].scale) == (
        0,
        1000,
        2,
    )
    assert set(members) == {"person_token", "region", "half"}
    assert "admitted_at" not in claims


def test_no_identifier_and_no_rare_value_is_in_the_contract(first, identifiers):
    """99 subjects are too few for a label, and one outlier makes no bound."""
    assert RARE not in first.toml
    assert OUTLIER[:3] not in first.toml
    assert [p for p in identifiers if p in first.toml or p[3:] in first.toml] == []
    assert first.counts.shared > 100
    assert str(first.counts.shared) not in first.toml


def test_why_a_column_is_left_out_is_in_the_text(first):
    """As comments beside the table."""
    assert "#   admitted_at: all its values are the same" in first.toml
    assert "#   home plan: all its values are the same" in first.toml


@pytest.mark.slow
def test_the_draft_is_approved_as_written(spark, first, data, tmp_path):
    """Check and rehearsal, without a change."""
    contract = Contract.from_toml(first.toml)

    done = rehearse(
        spark,
        contract,
        data=data,
        output=tmp_path / "out",
        progress=lambda _: nullcontext(),
    )

    assert done.approved
    assert first.draft.group_by[0] in ("diagnosis", "region", "half")
    assert len(done.outputs[0].saved.rows) >= 4


def test_names_and_birth_join_where_no_column_does(spark, tmp_path):
    """Columns of other names, and dates in another format."""
    draws = random.Random(5)
    people = [
        ["".join(draws.choices("abcdefgh", k=6)) for _ in range(2)]
        + [(dt.date(1950, 1, 1) + dt.timedelta(days=draws.randrange(9_000)))]
        for _ in range(400)
    ]
    left = [["given", "surname", "dob", "postcode", "state"]] + [
        [a, b, f"{day:%Y%m%d}", "2600", draws.choice(["nsw", "vic"])]
        for a, b, day in people
    ]
    right = [["LastName", "FirstName", "birth date", "zip"]] + [
        [b.upper(), a, day.isoformat(), "2600"] for a, b, day in people
    ]
    files = (
        write(tmp_path / "alpha" / "members.csv", left),
        write(tmp_path / "beta" / "clients.csv", right),
    )

    found = drafted(spark, files, tmp_path / "scratch")

    kinds = found.contract.terms.subjects["person"].kinds
    assert kinds == (TokenKind.NAME, TokenKind.NAME, TokenKind.DATE_OF_BIRTH)
    assert found.draft.identifier.sources[1] == ("FirstName", "LastName", "birth date")
    assert found.counts.shared == 400
    assert found.draft.group_by == ("state",)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["id", "region"]], "E321"),
        ([["id", "region"], ["", ""]], "E321"),
        ([["id", "region"], ["0123456789", "n"]], "E321"),
    ],
)
def test_tables_of_nobody_are_refused(spark, tmp_path, rows, code):
    """No rows, empty rows, one row: an error, and no contract."""
    files = (
        write(tmp_path / "alpha" / "members.csv", rows),
        write(tmp_path / "beta" / "clients.csv", rows),
    )

    with pytest.raises(TableRefused, match=code):
        drafted(spark, files, tmp_path / "scratch")


def test_an_identifier_stored_as_a_number_is_named(spark):
    """A table of a workspace has types: a number may have lost leading zeros."""
    frame = spark.range(500).selectExpr("id AS customer_id", "'north' AS region")
    table = RawTable(party="alpha", asset="members", frame=frame, is_csv=False)

    with pytest.raises(TableRefused, match=r'E203.*"customer_id"'):
        draft_contract(
            (table, table),
            expires=dt.date(2099, 12, 31),
            progress=lambda _: nullcontext(),
            keep=lambda _, frame: frame,
        )


def test_no_repr_shows_data(first, data, spark):
    """A frame's repr has its columns, and a draft in a log would be a plan."""
    table = RawTable(party="a", asset="b", frame=spark.range(1), is_csv=False)

    assert repr(table) == "RawTable(party='a', asset='b')"
    assert all(c.role.role in Role for t in first.draft.tables for c in t.columns)

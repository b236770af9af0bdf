"""Where raw tables lie, and what is said if they do not lie there."""

from __future__ import annotations

import pytest

from cleanroom_join.errors import FileRefused, TableRefused
from cleanroom_join.raw_files import RawFolder, check_raw_file, is_csv
from cleanroom_join.testing import contract

HEADER = "card_number,age_band\n"


@pytest.fixture(scope="module")
def accounts():
    """The accounts of globex."""
    return contract().terms.assets["accounts"]


def refused(folder, asset):
    """Return the error of a folder in which the table is not found."""
    with pytest.raises(FileRefused) as caught:
        RawFolder(folder).file(asset)
    assert caught.value.code == "E300"
    return str(caught.value)


def test_folder_party_and_file_are_missing_in_three_sentences(tmp_path, accounts):
    """Each says what is missing, and what is there instead."""
    no_folder = refused(tmp_path / "data", accounts)
    (tmp_path / "data" / "Globex").mkdir(parents=True)
    no_party = refused(tmp_path / "data", accounts)
    (tmp_path / "data" / "globex").mkdir()
    nothing = refused(tmp_path / "data", accounts)
    (tmp_path / "data" / "globex" / "Accounts.csv").touch()
    other_case = refused(tmp_path / "data", accounts)

    assert f'there is no folder "{tmp_path}/data"' in no_folder
    assert 'no folder "globex" in "data"; there is "Globex"' in no_party
    assert "globex/accounts.csv" in no_party
    assert 'neither accounts.csv nor accounts.parquet in "data/globex"' in nothing
    assert "there is nothing" in nothing
    assert 'there is "Accounts.csv"' in other_case


def test_a_long_listing_is_cut(tmp_path, accounts):
    """Five names are enough to see in which folder one is."""
    (tmp_path / "globex").mkdir()
    for number in range(8):
        (tmp_path / "globex" / f"part{number}.csv").touch()
    (tmp_path / "globex" / ".hidden").touch()

    text = refused(tmp_path, accounts)

    assert '"part4.csv" and 3 more' in text
    assert "hidden" not in text


def test_csv_and_parquet_of_one_table_are_refused(tmp_path, accounts):
    """Neither is taken silently."""
    (tmp_path / "globex").mkdir()
    (tmp_path / "globex" / "accounts.csv").touch()
    (tmp_path / "globex" / "accounts.parquet").mkdir()

    assert "both accounts.csv and accounts.parquet" in refused(tmp_path, accounts)


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("accounts.csv", "card_number;age_band\n", None, ""),
        ("accounts.CSV", "CARD_NUMBER,Age Band\n", "E301", '"Age Band"'),
        ("accounts.csv", "", "E320", "is empty"),
        ("accounts.csv", HEADER.replace("card", "\u00e9"), "E301", "lacks"),
        ("accounts.parquet", HEADER, "E307", "is not Parquet"),
        ("accounts.parquet", "", "E307", "is empty"),
        ("accounts.xlsx", "x", "E307", "neither CSV nor Parquet"),
    ],
)
def test_a_file_is_looked_at_before_spark_starts(
    tmp_path, accounts, name, content, code, says
):
    """Its format, and the names of its columns."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")

    if code is None:
        check_raw_file(path, accounts)
        assert is_csv(path)
    else:
        with pytest.raises((FileRefused, TableRefused)) as caught:
            check_raw_file(path, accounts)
        assert caught.value.code == code
        assert says in str(caught.value)


def test_a_file_that_was_named_is_missed_with_what_is_there(tmp_path, accounts):
    """As `manifest --data` names one."""
    (tmp_path / "accounts.csv").touch()

    with pytest.raises(FileRefused, match="E300") as caught:
        check_raw_file(tmp_path / "account.csv", accounts)

    assert '"accounts.csv"' in str(caught.value)


def test_an_empty_folder_of_parts_is_refused(tmp_path, accounts):
    """Spark would say that it cannot infer a schema."""
    for name in ("accounts.csv", "accounts.parquet"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "_SUCCESS").touch()

        with pytest.raises(FileRefused, match="E307"):
            check_raw_file(tmp_path / name, accounts)

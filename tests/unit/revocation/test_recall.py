"""Recall notices: which releases are older than the state, without disclosing one."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.crypto.canonical_json import canonical_bytes
from cleanroom_join.errors import RevocationRefused
from cleanroom_join.revocation.recall import PresentState, recall
from cleanroom_join.revocation.release_record import read_release_record

UTC = dt.timezone.utc
NOW = dt.datetime(2026, 11, 28, 6, tzinfo=UTC)
DAY = dt.timedelta(days=1)


def metadata(number, days=None, *, contract="acme-globex", version=8, **changes):
    """Return the commit metadata of a release that was made so many days ago."""
    made = {} if days is None else {"as_of": (NOW - days * DAY).date().isoformat()}
    fields = {
        "contract_id": contract,
        "contract_revision": 3,
        "consent": {"acme": None, "globex": version},
        "output": "signals",
        "release_sha256": f"{number:064x}",
        "rows": 12,
        **made,
        **changes,
    }
    return json.dumps({"cleanroom_join": fields}).encode()


def record(number, days=None, **changes):
    """Return the record of such metadata."""
    return read_release_record(metadata(number, days, **changes), "a.json")


def notice(records, counts, *, k=100):
    """Return a notice of globex at version 9; counts are by age of the release."""
    since = {
        None if days is None else record(1, days).applied_until(24): n
        for days, n in counts.items()
    }
    return recall(
        records,
        PresentState(version=9, time=NOW, excluded_since=since),
        party="globex",
        contract_id="acme-globex",
        min_cohort=k,
        max_age_hours=24,
    )


def test_every_release_with_an_older_state_is_listed():
    """The oldest first; one of the present state is not."""
    made = notice(
        [record(1, 1), record(2, 0, version=9), record(3, 9)], {1: 250, 9: 1_100}
    )

    listed = [
        (one.release.release_sha256[-1], one.excluded_since) for one in made.releases
    ]
    assert listed == [("3", "1,000 or more"), ("1", "200 or more")]


@given(left=st.integers(0, 99))
def test_the_notice_is_the_same_whether_one_subject_left_or_none(left):
    """Byte by byte, as text and as JSON."""
    quiet, other = (notice([record(1, 1)], {1: n}) for n in (0, left))

    assert other.text() == quiet.text()
    assert canonical_bytes(other.as_json()) == canonical_bytes(quiet.as_json())


@given(counts=st.dictionaries(st.integers(1, 9), st.integers(0, 10**6), min_size=1))
def test_no_exact_count_is_in_the_notice(counts):
    """Only numbers of the series 1, 2, 5, from k on."""
    made = notice([record(n, days) for n, days in enumerate(counts)], counts)

    limits = {one.excluded_since.split()[0] for one in made.releases} - {"fewer"}
    numbers = {int(limit.replace(",", "")) for limit in limits}
    assert all(str(n).rstrip("0") in ("1", "2", "5") and n >= 100 for n in numbers)


@pytest.mark.parametrize("version", [8, 10, None])
def test_a_release_of_any_other_version_is_listed(version):
    """Of a later one too: the table may have been made anew."""
    made = notice([record(1, 1, version=version)], {1: 0})

    assert len(made.releases) == 1


def test_a_release_had_every_event_from_before_the_largest_age():
    """Counted from the beginning of its day: the time of the run is not recorded."""
    made = record(1, 0, as_of="2026-11-28").applied_until(36)

    assert made == dt.datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_a_release_of_an_unknown_day_is_listed_first():
    """With all subjects who are excluded now: it may be about each of them."""
    made = notice([record(1, 1), record(2)], {1: 0, None: 5_300})

    assert made.releases[0].release.as_of is None
    assert made.releases[0].excluded_since == "5,000 or more"
    assert "signals of a day that is not recorded" in made.text()


def test_a_release_is_listed_once_and_only_under_its_contract():
    """However many copies of its metadata a party has."""
    records = [record(1, 1), record(1, 1), record(2, 1, contract="other")]

    assert len(notice(records, {1: 0}).releases) == 1


def test_a_notice_without_releases_says_so():
    """It is a notice all the same, so that its absence says nothing."""
    assert (
        "No release that we know of is older"
        in notice([record(1, 0, version=9)], {}).text()
    )


def test_a_notice_names_the_releases_by_what_the_partner_knows():
    """Digest, output, day and revision of the contract; no version of a state."""
    text = notice([record(7, 1)], {1: 3}).text()

    assert f"{7:064x}" in text
    assert "signals of 2026-11-27, contract revision 3" in text
    assert "applied as of 2026-11-28T06:00:00Z" in text
    assert "version" not in text
    assert "fewer than 100 of our subjects" in text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"cleanroom_join": 4111111111111111}',
        b"[" * 100_000,
        b" " * 70_000 + metadata(1),
        metadata(1, release_sha256="4111111111111111"),
        metadata(1, release_sha256=None),
        metadata(1, contract_revision=True),
        metadata(1, contract_revision="3"),
        metadata(1, output="x" * 201),
        metadata(1, consent=["globex"]),
        metadata(1, consent={"globex": "8"}),
        metadata(1, as_of="20261128"),
        metadata(1, as_of="2026-02-30"),
        metadata(1, as_of="0001-01-01"),
        metadata(1, as_of=20261128),
    ],
)
def test_a_file_that_is_no_release_is_refused(data):
    """By its name; what is in it is not quoted."""
    with pytest.raises(RevocationRefused, match="E630") as caught:
        read_release_record(data, "release.json")

    assert "4111" not in str(caught.value)
    assert '"release.json"' in str(caught.value)


def test_a_release_of_a_contract_without_revocation_is_read():
    """Its metadata has no consent."""
    fields = json.loads(metadata(1))
    del fields["cleanroom_join"]["consent"]

    assert read_release_record(json.dumps(fields).encode(), "a.json").consent == {}

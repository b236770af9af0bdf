"""Reports of real releases, as pages and as text: no token, no key, no count under k."""

from __future__ import annotations

import hashlib
import re
from types import SimpleNamespace

import pytest

from cleanroom_join.cli import reports
from cleanroom_join.report import render
from cleanroom_join.review import Verdict
from cleanroom_join.spark.ledger.joint_key import joint_key
from cleanroom_join.testing import contract, contract_toml
from tests.spark.support import PAYMENTS, room, state, token
from tests.support.frames import local_frame
from tests.support.text_checks import Page, spellings, unexplained

ACCOUNTS = "card_token string, age_band string, tier string"
SIZES = {
    ("north", "t1"): 260,
    ("north", "t2"): 37,
    ("north", "t3"): 120,
    ("south", "t1"): 310,
    ("south", "t2"): 140,
    ("south", "t3"): 91,
    (None, "t1"): 63,
}
"""Cards by region and tier; four cells are too small, of which two merge."""

LEAVING = 3
AGREED = contract(
    contract_toml(
        accounts='tier = { dimension = ["t1", "t2", "t3"],'
        ' parents = { t2 = "upper", t3 = "upper" } }',
        group_by=("region", "tier"),
        totals="[[]]",
    )
)
CARDS = [
    (f"{region} {tier} {i}", region, tier)
    for (region, tier), size in SIZES.items()
    for i in range(size)
]


def shared(spark, cards):
    """Return both tables: two payments for each card, and some cards of one side only."""
    payments = [
        (token(name), region, (i + j) % 3 == 0, float(i % 90 + j))
        for i, (name, region, _) in enumerate(cards)
        for j in range(2)
    ]
    payments += [(token(f"stranger {i}"), "north", True, 1.0) for i in range(58)]
    accounts = [(token(name), "old", tier) for name, _, tier in cards]
    accounts += [(token(f"sleeper {i}"), "old", "t1") for i in range(29)]
    return {
        "payments": local_frame(spark, payments, PAYMENTS),
        "accounts": local_frame(spark, accounts, ACCOUNTS),
    }


def save(spark, release, schema):
    """Write a release into a schema of its own."""
    spark.sql(f"CREATE SCHEMA {schema}")
    return release.save("spark_catalog", schema)


@pytest.fixture(scope="module")
def first(spark):
    """The first release, before it is saved."""
    return room(spark, AGREED, shared(spark, CARDS)).release("segments")


@pytest.fixture(scope="module")
def saved(spark, first):
    """The same, once it is saved."""
    return save(spark, first, "reports_first")


@pytest.fixture(scope="module")
def second(spark, first, saved):
    """Another, saved, after few have left: some cells are shown as they were."""
    added = first._entry
    tables = shared(spark, CARDS[LEAVING:])
    tables |= state(spark, list(added.rows), added.end.run, added.end.head)
    release = room(spark, AGREED, tables).release("segments")
    return save(spark, release, "reports_second")


@pytest.fixture(scope="module")
def unapproved(spark):
    """The answer to a question that is not in the contract."""
    asked = room(spark, AGREED, shared(spark, CARDS)).join("payments", "accounts")
    return asked.group_by("tier", "region").measure("n", "count").release()


@pytest.fixture(scope="module", params=["first", "saved", "second", "unapproved"])
def release(request):
    """Each of them."""
    return request.getfixturevalue(request.param)


def texts(release):
    """Return everything of a release that people are handed."""
    return {
        "page": render(release.report()),
        "summary": release.summary(),
        "repr": repr(release),
        "report": repr(release.report()),
    }


def test_the_releases_hide_something(first, saved, second, unapproved):
    """Cells are withheld and merged, figures are as before, one is not approved."""
    keys = {row[:2] for row in saved.rows}

    assert first.verdict is Verdict.PENDING
    assert saved.report().verdict is Verdict.APPROVED
    assert unapproved.verdict is Verdict.NEEDS_REVIEW
    assert ("south", "upper") in keys
    small = {("north", "t2"), ("south", "t3"), (None, "t1")}
    assert not keys & small
    assert second.report().published.comparison.unchanged > 0


def test_no_count_of_few_people_is_told(release):
    """Whatever whole number is under k follows from the contract or counts rows."""
    report = release.report()
    page = " ".join(Page(render(report)).texts)

    assert unexplained(report, AGREED.policy, page) == []
    assert unexplained(report, AGREED.policy, release.summary()) == []


def test_the_scan_would_see_the_small_cells(saved):
    """None of their sizes is a number that may stand in a report of these releases."""
    report = saved.report()
    small = sorted({n for n in (*SIZES.values(), 58, 29) if n < 100})

    for size in small:
        assert unexplained(report, AGREED.policy, f"a cell of {size}.") == [size]


def test_no_token_is_told(release):
    """Neither whole nor a part of one, of either table; nor a card's name."""
    names = [name for name, *_ in CARDS]
    names += [f"stranger {i}" for i in range(58)] + [f"sleeper {i}" for i in range(29)]
    whole = {token(name).split(":")[1] for name in names}
    digests = {AGREED.digest, release.report().ledger[-64:]}
    digests |= {getattr(release, "digest", "")}  # of what is saved
    for where, text in texts(release).items():
        assert "k1:" not in text, where
        found = set(re.findall(r"[0-9a-f]{16,}", text.lower())) - digests
        for digits in whole:
            assert not any(digits[:16] in other for other in found), where
        assert not [name for name in names if name in text], where


def test_no_key_is_told(release):
    """Neither party's half nor anything derived from both, however it is written."""
    halves = {p: hashlib.sha256(p.encode()).digest() for p in ("acme", "globex")}
    joint = joint_key(halves.values())
    keys = [
        *halves.values(),
        joint._JointKey__hashing,
        joint._JointKey__encryption,
        joint.chain_key,
        joint.noise_key,
    ]
    for where, text in texts(release).items():
        for key in keys:
            for written in spellings(key):
                assert written not in text, where
                assert written[:20] not in text, where


def test_a_rehearsals_reports_are_written_beside_it(first, saved, tmp_path, capsys):
    """Of what was saved; what is said names the file and nothing else."""
    output = SimpleNamespace(release=first, report=saved.report())
    reports.write([output], tmp_path)

    page = tmp_path / "segments" / "report.html"
    assert page.read_text(encoding="utf-8") == render(saved.report())
    assert capsys.readouterr() == ("", f"report: {page}\n")

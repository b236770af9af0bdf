"""The doctor on FEBRL4, by person: 1,775 of 4,422 usable persons match."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from typer.testing import CliRunner

from cleanroom_join import SecretKey
from cleanroom_join.cli.app import app
from cleanroom_join.spark.party.frame_columns import token_columns
from cleanroom_join.tokens import normalise_components
from cleanroom_join.tokens.doctor import Verdict, diagnose, save_manifest
from tests.support.febrl_manifests import (
    IN_COMMON,
    febrl_contract,
    febrl_manifests,
    febrl_rows,
)


def key_of(number):
    """Return one of many keys."""
    return SecretKey.from_bytes(hashlib.sha256(f"febrl {number}".encode()).digest())


KEY = key_of(0)


def test_the_doctor_says_that_four_in_ten_match(tmp_path):
    """With an interval that holds the true rate, and no cause to blame."""
    files = [tmp_path / "alpha.json", tmp_path / "beta.json"]
    for file, manifest in zip(files, febrl_manifests(KEY), strict=True):
        save_manifest(manifest, file)
    command = ["doctor", *map(str, files)]

    read, machines = (CliRunner().invoke(app, [*command, *m]) for m in ([], ["--json"]))

    answer = re.search(r"person: match, about (\d+) %, between (\d+) and", read.stdout)
    (diagnosis,) = json.loads(machines.stdout)
    assert read.exit_code == machines.exit_code == 0
    assert answer is not None
    assert 25 <= int(answer[1]) <= 55
    assert diagnosis["verdict"] == "matches"
    assert diagnosis["causes"] == []
    low, high = diagnosis["interval"]
    assert low < 1000 * IN_COMMON / 4_422 < high


@pytest.mark.slow
def test_it_says_so_under_nearly_every_key():
    """The key decides who is in which bucket; the interval holds the rate or misses."""
    seen = held = 0
    for number in range(20):
        (diagnosis,) = diagnose(*febrl_manifests(key_of(number)))
        seen += diagnosis.verdict is Verdict.MATCHES
        held += diagnosis.overlap.low < IN_COMMON / 4_422 < diagnosis.overlap.high

    assert seen >= 17
    assert held >= 17


def test_strangers_do_not_match():
    """The same register with every surname read backwards has nobody in common."""
    left, right = febrl_rows()
    backwards = [(a, b and b[::-1], c, d) for a, b, c, d in right]

    (diagnosis,) = diagnose(*febrl_manifests(KEY, (left, backwards)))

    assert diagnosis.verdict is not Verdict.MATCHES
    assert diagnosis.overlap.low == 0
    assert diagnosis.overlap.high < 0.4


def test_the_register_has_as_many_matches_as_these_tests_say():
    """Counted without tokens and buckets."""
    specs = [
        component.spec
        for token in token_columns(febrl_contract().asset("members"))
        for component in token.components
    ]
    left, right = (
        {
            message.value
            for row in rows
            if (message := normalise_components(specs, row)).value is not None
        }
        for rows in febrl_rows()
    )

    assert len(right) == 4_422
    assert len(left & right) == IN_COMMON

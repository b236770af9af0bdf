"""The doctor's decisions: overlap, small counts, manifests as files, causes in order."""

from __future__ import annotations

import dataclasses
import json
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.errors import TokenError
from cleanroom_join.tokens import KINDS
from cleanroom_join.tokens.doctor import (
    MismatchCause,
    Trait,
    Verdict,
    diagnose,
    read_manifest,
    step_digests,
    write_manifest,
)
from cleanroom_join.tokens.doctor.bisect import first_difference, steps_of
from cleanroom_join.tokens.doctor.coarse_counts import (
    published,
    published_buckets,
    published_share,
    published_step,
    published_trait,
)
from cleanroom_join.tokens.doctor.manifest import BUCKET_ROUNDING, SHARE_STEPS
from tests.support.manifests import component, counts, manifest, people

K = 100


GROUPS = st.dictionaries(
    st.sampled_from(["ready", "masked", "missing", "bad_length", "a", "b", "c"]),
    st.integers(1, 400).flatmap(
        lambda values: st.tuples(st.integers(values, values * 3), st.just(values))
    ),
)


@given(GROUPS)
def test_no_published_group_is_about_few_values(groups):
    """Nor can one be worked out from the others and a total."""
    shown = published(groups, K, absent=["missing"])

    for name in shown:
        rows, values = groups[name]
        assert (rows if name == "missing" else values) >= K
    hidden = {n: g for n, g in groups.items() if n not in shown}
    left = sum(values for _, values in hidden.values())
    if shown and 0 < left < K:
        total = sum(rows for rows, _ in groups.values())
        assert abs(sum(shown.values()) - total) <= 5 * len(shown)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_traits_are_few_all_or_far_from_both(group, rest):
    """A count whose complement is small is published as all."""
    shown = published_trait((group, group), (group + rest, group + rest), K)

    if group < K:
        assert shown == 0
    elif rest < K:
        assert shown == 5 * ((group + rest + 2) // 5)
    else:
        assert abs(shown - group) <= 2


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_shares_are_none_all_or_far_from_both(group, rest):
    """The same for shares of tokens."""
    shown = published_share(group, group + rest, K)

    assert shown == 0 or group >= K
    assert shown == 1 or rest >= K or shown == 0


@given(st.integers(), st.sampled_from([0, 1, 2, 60, 300]), st.integers(1, 3))
def test_no_bucket_is_small(seed, most, scale):
    """Every bucket has k subjects; they add up to all, but for rounding."""
    rng = random.Random(seed)
    raw = [rng.randint(0, most) for _ in range(4096)]
    shown = published_buckets([count * scale for count in raw], K)

    assert all(count >= K for count in shown)
    assert all(count % BUCKET_ROUNDING == 0 for count in shown)
    assert len(shown) & (len(shown) - 1) == 0
    if shown:
        most_apart = BUCKET_ROUNDING / 2 * len(shown)
        assert abs(sum(shown) - scale * sum(raw)) <= most_apart


def first(left, right):
    """Return what the doctor says first, or None."""
    (diagnosis,) = diagnose(left, right)
    return diagnosis.causes[0].cause if diagnosis.causes else None


def test_healthy_manifests_blame_nothing():
    """And say how many match."""
    (diagnosis,) = diagnose(manifest(), manifest("globex"))

    assert diagnosis.verdict is Verdict.MATCHES
    assert not diagnosis.causes
    assert diagnosis.overlap.low < 0.75 < diagnosis.overlap.high


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"partnership": "q"}, MismatchCause.OTHER_PARTNERSHIP),
        ({"partnership": "q", "key_check_value": "1"}, MismatchCause.OTHER_PARTNERSHIP),
        ({"spec_sha256": "0" * 64}, MismatchCause.OTHER_SPECIFICATION),
        ({"key_id": "k2"}, MismatchCause.OTHER_KEY_ID),
        ({"key_check_value": "1"}, MismatchCause.WRONG_KEY),
        ({"column": {"label": "account"}}, MismatchCause.OTHER_IDENTIFIER),
        ({"column": {"made_by": {"spec": 0.0}}}, MismatchCause.UNKNOWN_VARIANT),
        ({"column": {"made_by": {"spec": 0.0, "unkeyed": 1.0}}}, MismatchCause.UNKEYED),
        (
            {"column": {"made_by": {"spec": 0.0, "untrimmed": 1.0}}},
            MismatchCause.NOT_NORMALISED,
        ),
        (
            {"column": {"buckets": counts(people("alone", 20_000))}},
            MismatchCause.DISJOINT,
        ),
        (
            {
                "column": {
                    "components": (
                        component(reasons={"ready": 9_000, "masked": 11_000}),
                    )
                }
            },
            MismatchCause.MASKED,
        ),
        *(
            (
                {"column": {"components": (component(reasons={reason: 20_000}),)}},
                cause,
            )
            for reason, cause in (
                ("already_hashed", MismatchCause.ALREADY_HASHED),
                ("not_hashed", MismatchCause.NOT_HASHED),
                ("other_hash", MismatchCause.OTHER_HASH),
            )
        ),
        (
            {"column": {"components": (component(reasons={"missing": 20_000}),)}},
            MismatchCause.MISSING_VALUES,
        ),
        (
            {"column": {"components": (component(traits={Trait.CHECK_DIGIT: 2_000}),)}},
            MismatchCause.WRONG_COLUMN,
        ),
        (
            {"column": {"components": (component(reasons={"bad_length": 20_000}),)}},
            MismatchCause.WRONG_COLUMN,
        ),
    ],
)
def test_each_cause(changes, cause):
    """On either side, the one thing that is wrong comes first."""
    assert first(manifest(), manifest("globex", **changes)) is cause
    assert first(manifest("globex", **changes), manifest()) is cause


@pytest.mark.parametrize(
    "changes",
    [
        {"retiring": ("k1",), "key_id": "k2"},
        {"column": {"made_by": {"spec": 1.0, "untrimmed": 1.0}}},
        {
            "column": {
                "components": (component(reasons={"ready": 19_800, "masked": 200}),)
            }
        },
        {
            "column": {
                "components": (component(reasons={"ready": 14_000, "missing": 6_000}),)
            }
        },
        {"column": {"components": (component(traits={Trait.BLANK_AFTER: 20_000}),)}},
        {"column": {"components": (component(raw_lengths={"20": 20_000}),)}},
    ],
    ids=["overlap of keys", "same", "few masked", "some missing", "blanks", "padded"],
)
def test_what_spoils_little_is_no_cause(changes):
    """Healthy data is not blamed for how it is written, or for a few bad rows."""
    changes = {**changes}
    column = {"traits": {Trait.CHECK_DIGIT: 20_000}, **changes.get("column", {})}
    if "traits" in column and "components" not in column:
        column.pop("traits")
    if "components" in column:
        (given_component,) = column["components"]
        traits = {Trait.CHECK_DIGIT: 20_000, **given_component.traits}
        column["components"] = (dataclasses.replace(given_component, traits=traits),)
        column.pop("traits")
    changes["column"] = column

    assert first(manifest(), manifest("globex", **changes)) is None


def test_the_first_differing_step_is_named():
    """From the vectors' digests alone."""
    pan = KINDS[next(k for k in KINDS if k.value == "pan")]
    other = dataclasses.replace(pan, steps=(*pan.steps[:-1], pan.steps[-2]))
    theirs = {**step_digests(), "pan": steps_of(other)}

    (diagnosis,) = diagnose(
        manifest(), manifest("globex", spec_sha256="0" * 64, steps=theirs)
    )

    assert f"pan from step {len(pan.steps)} on" in diagnosis.causes[0].evidence
    assert first_difference(("a", "b"), ("a", "b")) is None
    assert first_difference(("a", "b"), ("a",)) == 2


def test_manifests_survive_as_files():
    """Written and read, they are the same; canonically, so digests are too."""
    one = manifest(
        column={"made_by": {"spec": 0.5}},
        outside=dict(zip("abcdefg", SHARE_STEPS, strict=True)),
        missing={"a": 0.02},
    )

    assert read_manifest(write_manifest(one)) == one
    assert write_manifest(read_manifest(write_manifest(one))) == write_manifest(one)


def spoilt(change):
    """Return a manifest's JSON after *change*."""
    document = json.loads(write_manifest(manifest()))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b" " * 1_000_001,
        spoilt(lambda d: d.update(schema="other")),
        spoilt(lambda d: d.update(party=5)),
        spoilt(lambda d: d.update(party="a\x1b[2Jb")),
        spoilt(lambda d: d.update(spec_sha256="x")),
        spoilt(lambda d: d.pop("key_id")),
        spoilt(lambda d: d["columns"][0].update(buckets=[[1, 2, 3]])),
        spoilt(lambda d: d["columns"][0].update(buckets=[[-1]])),
        spoilt(lambda d: d["columns"][0].update(buckets=[[True]])),
        spoilt(lambda d: d["columns"][0].update(buckets=[[0] * 16])),
        spoilt(lambda d: d["columns"][0].update(buckets=[200] * 4)),
        spoilt(lambda d: d["columns"][0].update(buckets=[[200]] * 5)),
        spoilt(lambda d: d["columns"][0].update(buckets=[[200], [200] * 256])),
        spoilt(lambda d: d["columns"][0].update(components=[])),
        spoilt(lambda d: d["columns"][0].update(subjects=99)),
        spoilt(lambda d: d.update(min_cohort=99)),
        spoilt(lambda d: d["columns"][0].update(buckets=[[99, 200]])),
        spoilt(lambda d: d["columns"][0].update(reasons={"ready": 1.5})),
        spoilt(lambda d: d["columns"][0]["components"][0].update(masks={"\n": 5})),
        spoilt(lambda d: d.update(columns=[1])),
        spoilt(lambda d: d.update(outside={"a": 21})),
        spoilt(lambda d: d.update(outside={"a": 0})),
        spoilt(lambda d: d.update(missing={"a": 1000})),
        spoilt(lambda d: d.update(missing={"a\n": 20})),
        spoilt(lambda d: d.pop("missing")),
    ],
)
def test_a_hostile_manifest_is_refused(data):
    """By place, with nothing quoted, and never with another error."""
    with pytest.raises(TokenError, match="E211") as caught:
        read_manifest(data)

    assert caught.value.code == "E211"
    assert "\x1b" not in str(caught.value)


@given(
    rows=st.integers(0, 10**6), more=st.integers(0, 10**6), subjects=st.integers(0, 300)
)
def test_a_step_is_reached_and_about_k_subjects(rows, more, subjects):
    """The next one is not reached; below k subjects nothing is said."""
    whole = rows + more

    step = published_step(rows, whole, subjects, 100)

    higher = [s for s in SHARE_STEPS if step is None or s > step]
    if subjects < 100:
        assert step is None
    elif rows:
        assert step is None or rows >= Fraction(str(step)) * whole
        assert not [s for s in higher if rows >= Fraction(str(s)) * whole]
    else:
        assert step is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        ),
        max_leaves=8,
    ),
    st.sampled_from(sorted(json.loads(write_manifest(manifest())))),
)
def test_any_member_may_be_anything(value, member):
    """A manifest is read or refused; nothing else happens."""
    data = spoilt(lambda d: d.update({member: value}))

    try:
        written = write_manifest(read_manifest(data))
    except TokenError:
        written = None

    # What is read is written as it came: nothing was guessed or dropped.
    assert written is None or json.loads(written) == json.loads(data)


def test_every_cause_has_a_remedy():
    """Nobody is left with a name alone."""
    assert all(cause.remedy.endswith(".") for cause in MismatchCause)

"""Two engines, one meaning: Spark's expressions give what plain Python gives."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from cleanroom_join.spark.party.frame_columns import Component, TokenColumn
from cleanroom_join.spark.party.hmac_columns import MacMaker, has_native_hmac
from cleanroom_join.spark.party.hmac_input import message_columns, with_texts
from cleanroom_join.tokens import kind_spec, load_vectors, normalise_by
from tests.support.frames import local_frame
from tests.support.strange_texts import KIND_OPTIONS, strange_texts

pytestmark = pytest.mark.engine


def all_specs():
    """Return every kind, and with every option that columns may declare."""
    return [kind_spec(kind, **options) for kind, options in KIND_OPTIONS]


def by_spark(spark, raws, specs):
    """Return what Spark makes of each text by each spec: (value, reason)."""
    components = [Component(str(i), spec) for i, spec in enumerate(specs)]
    frame = raws.select("id", *(F.col("raw").alias(c.raw) for c in components))
    columns = [
        F.struct(
            F.when(F.col(c.reason).isNull(), F.col(c.last_text)).alias("value"),
            F.col(c.reason).alias("reason"),
        ).alias(f"outcome_{c.name}")
        for c in components
    ]
    return {
        row["id"]: [tuple(row[f"outcome_{c.name}"]) for c in components]
        for row in with_texts(frame, components).select("id", *columns).collect()
    }


def test_generated_texts_mean_the_same(spark):
    """Whatever Unicode there is, for every kind and option: nothing raises or differs."""
    texts = strange_texts(1, 2000)
    raws = local_frame(spark, list(enumerate(texts)), "id int, raw string")
    differing = []
    everything = all_specs()
    for start in range(0, len(everything), 7):
        specs = everything[start : start + 7]
        got = by_spark(spark, raws, specs)
        for number, text in enumerate(texts):
            for spec, outcome in zip(specs, got[number], strict=True):
                pure = normalise_by(spec, text)
                expected = (pure.value, pure.reason and pure.reason.value)
                if outcome != expected:
                    differing.append((spec.kind.value, ascii(text), outcome, expected))

    assert differing == []


def outcomes_by_spark(spark, cases, makers):
    """Return what each maker's Spark columns give per vector: (reason, token's code)."""
    specs = cases[0].specs
    components = tuple(Component(str(i), spec) for i, spec in enumerate(specs))
    token = TokenColumn("", components)
    rows, keys = [], {}
    for case in cases:
        keys = {}
        for name, maker in makers.items():
            keys |= maker.key_columns(name, case.subkey)
        inputs = [given and bytearray(given) for given in case.inputs]
        rows.append((case.id, *inputs, *keys.values()))
    binary = [*(f"bytes_{c.name}" for c in components), *keys]
    schema = ", ".join(["id int", *(f"{name} binary" for name in binary)])
    raw = local_frame(spark, rows, schema).select(
        # The cast keeps bytes that are not UTF-8 as they are.
        "*",
        *(F.col(f"bytes_{c.name}").cast("string").alias(c.raw) for c in components),
    )
    messages = with_texts(raw, components).select("id", *keys, *message_columns(token))
    reason, message = F.col(token.reason), F.col(token.message)
    made = messages.select(
        "id",
        reason.alias("reason"),
        *(
            F.when(reason.isNull(), maker.mac(message, name)).alias(name)
            for name, maker in makers.items()
        ),
    )
    return {
        (name, row["id"]): (row["reason"], row[name])
        for row in made.collect()
        for name in makers
    }


def test_every_vector(spark):
    """The Spark expressions give every shipped vector, by every HMAC that there is."""
    makers = {"two_hashes": MacMaker(native=False)}
    if has_native_hmac(spark):
        makers["native"] = MacMaker(native=True)
    groups = {}
    for case in load_vectors():
        options = (case.identifier, case.date_format, case.country, case.holds)
        groups.setdefault(options, []).append(case)

    got, expected = {}, {}
    for cases in groups.values():
        got |= outcomes_by_spark(spark, cases, makers)
        for case in cases:
            reason = case.reason and case.reason.value
            code = case.token and case.token.split(":")[1]
            expected |= {(name, case.id): (reason, code) for name in makers}

    wrong = [vector for vector, outcome in expected.items() if got[vector] != outcome]
    assert wrong == []

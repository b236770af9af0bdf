"""Two engines, one meaning: Spark's expressions give what plain Python gives."""

from __future__ import annotations

from pyspark.sql import functions as F

from cleanroom_join.contract import TokenKind
from cleanroom_join.spark.party.hmac_columns import hmac_sha256_hex
from cleanroom_join.spark.party.hmac_input import with_texts
from cleanroom_join.spark.party.normalised_columns import netstrings
from cleanroom_join.tokens import kind_spec, load_vectors, normalise_by
from tests.support.frames import local_frame
from tests.support.strange_texts import OPTIONS, strange_texts


def all_specs():
    """Return every kind, and with every option that columns may declare."""
    plain = [kind_spec(kind) for kind in TokenKind]
    dates = [
        kind_spec(TokenKind.DATE_OF_BIRTH, **o) for o in OPTIONS if "date_format" in o
    ]
    phones = [kind_spec(TokenKind.PHONE, **o) for o in OPTIONS if "country" in o]
    return [*plain, *dates, *phones]


def by_spark(spark, raws, specs):
    """Return what Spark makes of each text by each spec: (value, reason)."""
    names = {str(i): spec for i, spec in enumerate(specs)}
    frame = raws.select("id", *(F.col("r").alias(f"r{name}") for name in names))
    done = with_texts(frame, names)
    columns = [
        F.struct(
            F.when(
                F.col(f"w{name}").isNull(), F.col(f"t{name}_{len(spec.rounds) - 1}")
            ).alias("value"),
            F.col(f"w{name}").alias("why"),
        ).alias(f"o{name}")
        for name, spec in names.items()
    ]
    return {
        row["id"]: [tuple(row[f"o{name}"]) for name in names]
        for row in done.select("id", *columns).collect()
    }


def test_generated_texts_mean_the_same(spark):
    """Whatever Unicode there is, for every kind and option: nothing raises or differs."""
    texts = strange_texts(1, 2000)
    raws = local_frame(spark, list(enumerate(texts)), "id int, r string")
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


def test_every_vector(spark):
    """The native expressions give every shipped vector, invalid bytes included."""
    groups = {}
    for case in load_vectors():
        options = (case.identifier, case.date_format, case.country)
        groups.setdefault(options, []).append(case)

    wrong = []
    for cases in groups.values():
        parts = range(len(cases[0].specs))
        rows = [
            (
                case.id,
                *(part and bytearray(part) if part else part for part in case.inputs),
                *map(bytearray, case.subkey.hmac_pads()),
            )
            for case in cases
        ]
        schema = ", ".join(
            ["id int", *(f"b{i} binary" for i in parts), "i binary", "o binary"]
        )
        raw = local_frame(spark, rows, schema).select(
            # The cast keeps bytes that are not UTF-8 as they are.
            "*",
            *(F.col(f"b{i}").cast("string").alias(f"r{i}") for i in parts),
        )
        specs = {str(i): spec for i, spec in enumerate(cases[0].specs)}
        texts = with_texts(raw, specs)
        finals = [F.col(f"t{n}_{len(s.rounds) - 1}") for n, s in specs.items()]
        message = finals[0] if len(finals) == 1 else netstrings(finals)
        why = F.coalesce(*(F.col(f"w{name}") for name in specs))
        mac = hmac_sha256_hex(message, F.col("i"), F.col("o"))
        made = texts.select(
            "id", why.alias("why"), F.when(why.isNull(), mac).alias("m")
        )
        got = {row["id"]: (row["why"], row["m"]) for row in made.collect()}
        expected = {
            c.id: (c.reason and c.reason.value, c.token and c.token.split(":")[1])
            for c in cases
        }
        wrong += [i for i, outcome in expected.items() if got.get(i) != outcome]

    assert wrong == []

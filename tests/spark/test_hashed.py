"""A party with published hashes and a party with identifiers, from raw table to release."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal

import pytest

from cleanroom_join.contract import Holds, TokenKind
from cleanroom_join.errors import TableRefused
from cleanroom_join.party import token_manifest, tokenise
from cleanroom_join.review import Verdict
from cleanroom_join.testing import TEST_KEY, contract, contract_toml
from cleanroom_join.tokens import Reason, Tokeniser
from cleanroom_join.tokens.doctor import MismatchCause, diagnose
from tests.spark.support import ended, room
from tests.support.frames import local_frame

pytestmark = pytest.mark.engine

COLUMN = '{ subject = "card", source = "card_number" }'
HASHED = '{ subject = "card", source = "hashed", holds = "hash" }'
RAW = "card_number string, region string, fraud boolean, amount decimal(10,2)"
OF_HASHES = "hashed string, age_band string"


def agreed(kind):
    """Return a contract in which globex has hashes and acme what they are of."""
    text = contract_toml().replace('kind = "pan"', f'kind = "{kind.value}"')
    payments, accounts = text.split("[assets.accounts]")
    assert payments.count(COLUMN) == accounts.count(COLUMN) == 1
    return contract(f"{payments}[assets.accounts]{accounts.replace(COLUMN, HASHED)}")


def sha256(text):
    """Return a hash as globex's own system makes it, in one of its spellings."""
    digest = hashlib.sha256(text.encode())
    return {
        "0": digest.hexdigest(),
        "1": digest.hexdigest().upper(),
        "2": base64.b64encode(digest.digest()).decode(),
        "3": f"0x{digest.hexdigest()} ",
    }[str(sum(digest.digest()) % 4)]


def address(number):
    """Return an address as acme has it, and as UID2 normalises it."""
    if number % 3:
        return f" Jane.{number}@Example.com", f"jane.{number}@example.com"
    return f"J.a.n.e{number}+shop@GMail.com", f"jane{number}@gmail.com"


def subscriber(number):
    """Return a number as acme has it, and in E.164."""
    digits = f"{2_079_460_000 + number}"
    return f"+44 (0){digits[:4]} {digits[4:]}", f"+44{digits}"


@pytest.mark.parametrize(
    ("kind", "person"),
    [
        (TokenKind.EMAIL_SHA256_UID2, address),
        (TokenKind.PHONE_SHA256_E164, subscriber),
    ],
)
def test_hashes_join_identifiers_in_the_room(spark, kind, person):
    """Every subject that both have is counted once, in the cell it belongs to."""
    agreement = agreed(kind)
    payments = [
        (person(n)[0], "north" if n % 2 else "south", n % 5 == 0, Decimal(n % 90))
        for n in range(1_200)
        for _ in range(2)
    ]
    accounts = [
        (sha256(person(n)[1]), "young" if n % 3 else "old") for n in range(200, 1_400)
    ]

    shared = {
        "payments": tokenise(
            local_frame(spark, payments, RAW),
            agreement.asset("payments"),
            key=TEST_KEY,
        ).frame,
        "accounts": tokenise(
            local_frame(spark, accounts, OF_HASHES),
            agreement.asset("accounts"),
            key=TEST_KEY,
        ).frame,
    }
    release = room(spark, agreement, shared).release("segments")

    both = range(200, 1_200)
    expected = {}
    for n in both:
        cell = ("north" if n % 2 else "south", "young" if n % 3 else "old")
        expected[cell] = expected.get(cell, 0) + 1
    assert ended(release) is Verdict.APPROVED
    sizes = {(row[0], row[1]): row[2] for row in release._rows}
    assert sizes.keys() == expected.keys()
    assert all(abs(sizes[cell] - n) < 5 for cell, n in expected.items())


@pytest.mark.parametrize("kind", [k for k in TokenKind if k.hash_of is not None])
def test_spark_makes_the_tokens_of_plain_python(spark, kind):
    """On both sides, for every spelling, and for every reason."""
    agreement = agreed(kind)
    mail = kind.hash_of is TokenKind.EMAIL
    people = [address(n)[0] if mail else subscriber(n)[0] for n in range(6)]
    raw = [*people, "N/A", None, "0" * 64, "\u200b"]
    digest = hashlib.sha256(b"user@example.com").digest()
    hashes = [
        *(digest.hex(), digest.hex().upper(), f" 0x{digest.hex()}"),
        *(base64.b64encode(digest).decode(), digest.hex()[:32], "user@example.com"),
        *(None, "", hashlib.sha256(b"").hexdigest()),
    ]

    for name, texts, schema, holds in (
        ("payments", raw, RAW, Holds.RAW),
        ("accounts", hashes, OF_HASHES, Holds.HASH),
    ):
        terms = agreement.asset(name)
        empty = [None] * schema.count(", ")
        frame = local_frame(spark, [(text, *empty) for text in texts], schema)
        tokeniser = Tokeniser(
            TEST_KEY,
            identifier=kind,
            partnership=terms.partnership,
            key_id="k1",
            holds=holds,
        )

        made = tokenise(frame, terms, key=TEST_KEY).frame.select("card_token").collect()

        tokens = [tokeniser.tokenise(text).token for text in texts]
        assert len([one for one in tokens if one]) >= 3
        assert sorted(row[0] or "" for row in made) == sorted(t or "" for t in tokens)


def test_each_side_counts_what_the_other_form_is(spark):
    """A column declared the wrong way round gives reasons, never tokens."""
    agreement = agreed(TokenKind.EMAIL_SHA256_UID2)
    digest = hashlib.sha256(b"user@example.com").hexdigest()
    payments = [(digest, None, None, None), (f"0x{digest}", None, None, None)]
    accounts = [("user@example.com", None), (digest[:32], None), (digest[:40], None)]

    profiles = [
        tokenise(local_frame(spark, rows, schema), agreement.asset(name), key=TEST_KEY)
        .profile()
        .tokens[0]
        for name, rows, schema in (
            ("payments", payments, RAW),
            ("accounts", accounts, OF_HASHES),
        )
    ]

    counts = [{r: n for r, n in p.counts.items() if n} for p in profiles]
    assert counts == [
        {Reason.ALREADY_HASHED: 2},
        {Reason.NOT_HASHED: 1, Reason.OTHER_HASH: 2},
    ]


def test_the_doctor_compares_hashes_with_identifiers(spark):
    """Both make tokens of one label; a column declared wrongly is the first cause."""
    agreement = agreed(TokenKind.EMAIL_SHA256_UID2)
    people = [address(n) for n in range(4_000)]

    def manifest(name, texts, schema):
        empty = [None] * schema.count(", ")
        frame = local_frame(spark, [(text, *empty) for text in texts], schema)
        return token_manifest(frame, agreement.asset(name), key=TEST_KEY)

    ours = manifest("payments", [raw for raw, _ in people], RAW)
    theirs = manifest("accounts", [sha256(text) for _, text in people], OF_HASHES)
    wrong = manifest("accounts", [text for _, text in people], OF_HASHES)

    (healthy,), (ill,) = diagnose(ours, theirs), diagnose(ours, wrong)
    (column,) = theirs.columns
    assert not healthy.causes
    assert healthy.overlap.high > 0.9
    assert ill.causes[0].cause is MismatchCause.NOT_HASHED
    assert column.components[0].declared == "hash"


def test_a_binary_column_of_hashes_says_how_to_write_it(spark):
    """Its bytes are no text; both spellings of them would be hashes."""
    agreement = agreed(TokenKind.EMAIL_SHA256_UID2)
    frame = local_frame(
        spark, [(bytearray(32), "young")], "hashed binary, age_band string"
    )

    with pytest.raises(TableRefused, match=r"hex\(") as caught:
        tokenise(frame, agreement.asset("accounts"), key=TEST_KEY)

    assert caught.value.code == "E203"

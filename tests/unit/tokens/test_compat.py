"""Other vendors' published vectors, and what their rules must not be used for."""

from __future__ import annotations

import base64
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import TokenKind
from cleanroom_join.errors import TokenError, UnknownName
from cleanroom_join.tokens import compat
from cleanroom_join.tokens.compat import (
    PROFILES,
    c3r_column_key,
    c3r_fingerprint,
    c3r_message,
    openlinktoken_digest,
    openlinktoken_keyed,
    openlinktoken_signature,
    openpseudonymiser,
    piipan_last_name,
    piipan_token,
    profile,
    refuse_unkeyed,
    sha256_base64,
    sha256_hexadecimal,
)

UID2_EMAILS = [
    (
        "USER@example.com",
        "user@example.com",
        "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514",
    ),
    (
        "MyEmail@example.com",
        "myemail@example.com",
        "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5",
    ),
    (
        "My.Email@example.com",
        "my.email@example.com",
        "e22b53bc6f871274f3a62ab37a3caed7214fc14d676215a96a242fcfada1c81f",
    ),
    (
        "JaneSaoirse+Work@example.com",
        "janesaoirse+work@example.com",
        "28aaee4815230cd3b4ebd88c515226550666e91ac019929e3adac3f66c288180",
    ),
    (
        "JANE.SAOIRSE@gmail.com",
        "janesaoirse@gmail.com",
        "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
    ),
    (
        "JaneSaoirse+Work@gmail.com",
        "janesaoirse@gmail.com",
        "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f",
    ),
    (
        "TEst.TEST@Test.com ",
        "test.test@test.com",
        "dvECjPKZHya0/SIhSGwP0m8SgTv1vzLxPULUOsm880M=",
    ),
    (
        "TEst.TEst+123@GMail.Com",
        "testtest@gmail.com",
        "LkLfFrut8Tc3h/fIvYDiBKSbaMiau/DtaLBPQYszdMw=",
    ),
    (
        "+test@test.com",
        "+test@test.com",
        "weFizOVVWKlLfyorbBU8oxYDv4HJtTZCPMyZ4THzUQE=",
    ),
]


@pytest.mark.parametrize(("text", "normalised", "digest"), UID2_EMAILS)
def test_uid2_emails(text, normalised, digest):
    """The documentation's table and the operator's own tests."""
    got = compat.uid2_email(text)

    assert got == normalised
    assert digest in (sha256_hexadecimal(got), sha256_base64(got))


@pytest.mark.parametrize(
    "text",
    [
        "+@gmail.com",
        ".+@gmail.com",
        "a@ba@z.com",
        "",
        None,
        "jane",
        "jane @example.com",
    ],
)
def test_uid2_refuses(text):
    """The operator's invalid addresses, and one that its programs disagree about."""
    assert compat.uid2_email(text) is None


def test_uid2_shows_what_a_miss_looks_like():
    """Without normalising, the digest is another: the documentation's own example."""
    raw = sha256_base64("JANESaoirse@gmail.com")

    assert raw == "VpLXEp5N1bj/V1WzjgZsC+FfuYdntAOywSVIO00FD/E="
    assert raw != sha256_base64(compat.uid2_email("JANESaoirse@gmail.com"))


def test_uid2_base64():
    """The encodings of the table's first and gmail rows."""
    first = compat.uid2_email("USER@example.com")
    gmail = compat.uid2_email("JANE.SAOIRSE@gmail.com")

    assert sha256_base64(first) == "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ="
    assert sha256_base64(gmail) == "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8="


def test_uid2_phone():
    """E.164 already, ASCII digits only."""
    number = compat.uid2_phone("+12345678901")

    assert (
        sha256_hexadecimal(number)
        == "10e6f0b47054a83359477dcb35231db6de5c69fb1816e1a6b98e192de9e5b9ee"
    )
    assert sha256_base64(number) == "EObwtHBUqDNZR33LNSMdtt5cafsYFuGmuY4ZLenlue4="
    for wrong in (
        "12345678901",
        "+123",
        "+４４２０７９４６０９５８",
        "+12345678901 ",
        None,
    ):
        assert compat.uid2_phone(wrong) is None


GOOGLE = [
    (
        compat.google_email_2025,
        "  ALEXZ@example.com   ",
        "alexz@example.com",
        "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a",
    ),
    (
        compat.google_email_2023,
        "  ALEXZ@example.com   ",
        "alexz@example.com",
        "UJ6TMBm7KFoTSpM0uLtnnf950M4CPVKa9L10TUe0/Yo=",
    ),
    (
        compat.google_phone,
        "   +1-800-555-0100",
        "+18005550100",
        "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30",
    ),
    (
        compat.google_name,
        "  GivenName  ",
        "givenname",
        "128a07bfe2df877c52076e60d7774cf5baaa046c5a6c48daf30ff43ecca2f814",
    ),
    (
        compat.google_name,
        "FamilyName",
        "familyname",
        "77762c287e61ce065bee5c15464012c6fbe088398b8057627d5577249430d574",
    ),
]


@pytest.mark.parametrize(("rule", "text", "normalised", "digest"), GOOGLE)
def test_google(rule, text, normalised, digest):
    """The formatter's tests."""
    got = rule(text)

    assert got == normalised
    assert digest in (sha256_hexadecimal(got), sha256_base64(got))


def test_google_addresses_by_year():
    """The pages of one vendor, which contradict each other."""
    tagged = "cloudy.sanfrancisco+shopping@gmail.com"

    assert compat.google_email_2025(tagged) == "cloudysanfrancisco@gmail.com"
    assert compat.google_email_2023(tagged) == "cloudysanfrancisco+shopping@gmail.com"
    assert (
        compat.google_email_2025("user.name+NYC@Example.com")
        == "user.name+nyc@example.com"
    )
    assert (
        compat.google_email_2023("Jefferson.LOVES.Hiking@googlemail.com")
        == "jeffersonloveshiking@googlemail.com"
    )
    assert compat.google_phone("+44-113-496-0987") == "+441134960987"
    for wrong in (None, "", "  ", "quinn", " @googlemail.com", " ...@gmail.com"):
        assert compat.google_email_2023(wrong) is None
        assert compat.google_email_2025(wrong) is None


META = [
    (
        compat.meta_email("John_Smith@gmail.com"),
        "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
    ),
    (
        compat.meta_phone("(650)555-1212", "1"),
        "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
    ),
    (
        compat.meta_name("Mary"),
        "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec",
    ),
    (
        compat.meta_name("정"),
        "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14",
    ),
    (
        compat.meta_name("Valéry"),
        "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
    ),
    (
        compat.meta_date_of_birth("2/16/1997"),
        "01acdbf6ec7b4f478a225f1a246e5d6767eeab1a7ffa17f025265b5b94f40f0c",
    ),
    (
        compat.meta_name("us"),
        "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621",
    ),
    (
        compat.snap_email("Person@Example.com"),
        "542d240129883c019e106e3b1b2d3f3cb3537c43c425364de8e951d5a3083345",
    ),
]


@pytest.mark.parametrize(("normalised", "digest"), META)
def test_meta_and_snap(normalised, digest):
    """The page's vectors."""
    assert sha256_hexadecimal(normalised) == digest


def test_meta_has_two_digests_for_one_name():
    """The published value is that of composed text; decomposed text misses."""
    apart = compat.meta_name(unicodedata.normalize("NFD", "Valéry"))

    assert sha256_hexadecimal(apart).startswith("0aac459e")


def test_the_same_phone_has_two_digests():
    """Of two vendors that both are right: they never join."""
    one, other = (
        compat.meta_phone("(650) 555-1212", "1"),
        compat.uid2_phone("+16505551212"),
    )

    assert one == "16505551212"
    assert sha256_hexadecimal(one) != sha256_hexadecimal(other)


SECRET, SALT = b"SomeFakeSecretKey", "saltybytes"
C3R = [
    ("label", b"some cleartext data", "qpQRixU/cftGhMGkt0G+cy/bKyvui15spVTEk5YYOA8="),
    (None, b"some cleartext data", "S2WgUaexdXJ1wbgJ829QYUfEioKyF+soXJCQuH/p020="),
    ("label", b"", "zQOr/XFsJQCQ+rkEmBw5F8u9yTs/48vLFadq2cQ5fbs="),
    ("label", b"12345", "qAYEgUqI8GW2S0+1uZiYl2EWlaaPZrcHfvclC1yAQqo="),
    ("label", c3r_message(100), "XxBlrpT1ndd+Jk12ya7Finb9I9rOCzBO3ivb/inZ0eo="),
]


@pytest.mark.parametrize(("column", "message", "code"), C3R)
def test_c3r(column, message, code):
    """The known answers of its own tests."""
    key = c3r_column_key(SECRET, SALT, column)

    assert c3r_fingerprint(key, message) == f"02:hmac:{code}"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("state", "MD", "+dN/pFTpIHUfH0S+jtmzb55SwEg+rzoHTRuoj5qHsuA="),
        (
            "phonenumber_fingerprint",
            "404-555-111",
            "urbu+vA/UCQzW3XW25tRvG4XJWeest0ultEkul266Gk=",
        ),
    ],
)
def test_c3r_samples(column, value, code):
    """The sample files, through the whole pipeline."""
    salt = "00000000-1111-2222-3333-444444444444"
    key = c3r_column_key(bytes(range(32)), salt, column.upper() + " ")

    assert c3r_fingerprint(key, c3r_message(value)) == f"02:hmac:{code}"


def test_c3r_types_never_meet():
    """42 and "42" have different messages; a double has none."""
    import datetime as dt

    assert c3r_message(42) != c3r_message("42")
    assert c3r_message(True) == b"\x01\x06"
    assert c3r_message(dt.date(1970, 1, 2)) == b"\x00\x00\x00\x01\x0a"
    with pytest.raises(TokenError):
        c3r_message(1.5)


ALICE = {
    "last": "Wonderland",
    "first": "Alice",
    "sex": "F",
    "born": "1993-08-10",
    "number": "345-54-6795",
}


@pytest.mark.parametrize(
    ("rule", "signature", "digest"),
    [
        (
            "T1",
            "WONDERLAND|A|FEMALE|1993-08-10",
            "02292af14559b4c2a28a772536b81760ad7b8ebac8ce49e8450ca0fa5044e37f",
        ),
        (
            "T3",
            "WONDERLAND|ALICE|FEMALE|1993-08-10",
            "a76c3bff664bec8d0f77b4b47ad555d212dc671949ed3cf1c1edef68733835b2",
        ),
        (
            "T4",
            "345546795|FEMALE|1993-08-10",
            "21c3cf1fdb4fd45197e5def14d0228d26c56bcec1b8641079f9b9ec24f9a6a0b",
        ),
        (
            "T5",
            "WONDERLAND|ALI|FEMALE",
            "3756556f2323148cb57e1e13b1abcd457e1c1706a84ae83d522a3fc0ad43506d",
        ),
    ],
)
def test_openlinktoken(rule, signature, digest):
    """Alice of its documentation."""
    assert openlinktoken_signature(rule, **ALICE) == signature
    assert openlinktoken_digest(signature) == digest


def test_openlinktoken_keyed_and_missing():
    """John of its sample file; and a missing part gives nothing, never a constant."""
    john = openlinktoken_signature(
        "T1", last="Doe", first="John", sex="Male", born="2000-01-01"
    )

    assert (
        openlinktoken_keyed(john, b"HashingKey")
        == "qp4RJ0pgGXH4DZ5BJjYsmlLNHC1oXOGuo9a71naJPSQ="
    )
    assert openlinktoken_signature("T2", **ALICE) is None
    assert openlinktoken_signature("T9", **ALICE) is None


def test_piipan():
    """Its known answer and the examples that follow its rules."""
    assert piipan_token("Hopper", "1978-08-14", "078-05-1121") == (
        "04d1117b976e9c894294ab6198bee5fdaac1f657615f6ee01f96bcfc7045872c60ea68aa205c04"
        "dd2d6c5c9a350904385c8d6c9adf8f3cf8da8730d767251eef"
    )
    names = {
        "Hopper": "hopper",
        "O'Sullivan": "osullivan",
        "Jones-Drew": "jones drew",
        "Nguyễn": "nguyen",
        "King Jr.": "king",
    }
    assert {name: piipan_last_name(name) for name in names} == names
    for wrong in ("987-65-4219", "000-12-3456", "078051121"):
        assert piipan_token("Hopper", "1978-08-14", wrong) is None
    assert piipan_token("Hopper", "14/08/1978", "078-05-1121") is None


def test_openpseudonymiser():
    """With and without a salt."""
    assert (
        openpseudonymiser("123456789")
        == "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"
    )
    assert (
        openpseudonymiser("123456789", "hello")
        == "a4455e6581b78d69e569895c2b615dfa90a6cd56938e40ca91edd26e44deedfe"
    )


@pytest.mark.parametrize("name", [n for n, p in PROFILES.items() if not p.keyed])
@pytest.mark.parametrize(
    "kind",
    [TokenKind.PAN.value, TokenKind.ACCOUNT.value, TokenKind.IBAN.value, "national_id"],
)
def test_unkeyed_rules_are_refused_for_what_can_be_tried(name, kind):
    """Cards, accounts and national ids."""
    with pytest.raises(TokenError, match="E202") as caught:
        refuse_unkeyed(profile(name), kind)

    assert caught.value.code == "E202"


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_say_what_they_are(name):
    """Source and side taken; one that is there for vectors only makes no tokens."""
    found = profile(name)

    assert found.source
    assert found.follows
    if not found.for_vectors_only:
        refuse_unkeyed(found, TokenKind.EMAIL.value)
    else:
        with pytest.raises(TokenError, match="E202"):
            refuse_unkeyed(found, TokenKind.EMAIL.value)


def test_an_unknown_profile_is_named():
    """With a suggestion."""
    with pytest.raises(UnknownName, match="uid2_email"):
        profile("uid2_mail")


RULES = [getattr(compat, n) for n in PROFILES if hasattr(compat, n)]


@given(
    st.sampled_from(RULES),
    st.text() | st.text(st.characters(categories=["Cs"])) | st.none(),
)
def test_no_rule_raises_on_a_value(rule, text):
    """Whatever Unicode there is."""
    got = rule(text) if rule is not openpseudonymiser else rule(text or "")

    assert got is None or isinstance(got, str)
    assert (
        sha256_hexadecimal(got) is None
        or len(base64.b64decode(sha256_base64(got))) == 32
    )

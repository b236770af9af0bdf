"""Files of contracts as editors save them, digests as people paste them."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroom_join.contract import Contract
from cleanroom_join.contract.digest import pasted_digest
from cleanroom_join.errors import ContractError
from cleanroom_join.testing import contract_toml

TEXT = contract_toml().replace('"tests"', '"Zürich"')


@pytest.fixture
def refused(tmp_path):
    """Return a function that gives the error of a file's bytes."""

    def error(data):
        path = tmp_path / "c.toml"
        path.write_bytes(data)
        with pytest.raises(ContractError) as caught:
            Contract.load(path)
        return str(caught.value)

    return error


def test_a_byte_order_mark_is_no_fault(tmp_path):
    """Windows' editors write it; the digest is the same as without."""
    path = tmp_path / "c.toml"
    path.write_bytes(codecs.BOM_UTF8 + TEXT.replace("\n", "\r\n").encode())

    assert Contract.load(path) == Contract.from_toml(TEXT)
    assert Contract.from_toml("\ufeff" + TEXT) == Contract.from_toml(TEXT)


@pytest.mark.parametrize(
    ("encoding", "mark", "name"),
    [
        ("utf-16", b"", "UTF-16"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
        ("utf-32", b"", "UTF-32"),
    ],
)
def test_a_wide_encoding_is_named(refused, encoding, mark, name):
    """With or without its mark, and with what to do."""
    text = refused(mark + TEXT.encode(encoding))

    assert f'"c.toml" is {name}' in text
    assert "save it again in your editor, with the encoding UTF-8" in text


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_an_eight_bit_encoding_is_named_with_its_line(refused, encoding):
    """The line is where the first letter is that UTF-8 writes in another way."""
    line = TEXT[: TEXT.index("ü")].count("\n") + 1

    assert f"is not UTF-8 in line {line}: perhaps it is Latin-1" in refused(
        TEXT.encode(encoding)
    )


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(tmp_path_factory, data):
    """Any bytes are a contract or our own error."""
    path = tmp_path_factory.mktemp("c") / "c.toml"
    path.write_bytes(data)

    with pytest.raises(ContractError):
        Contract.load(path)


@pytest.mark.parametrize(
    "paste",
    [
        lambda digest: f"{digest}\n",
        lambda digest: f"  {digest}\r\n",
        str.upper,
        lambda digest: f"{digest[:32]} {digest[32:]}",
        lambda digest: f"{digest[:40]}\n{digest[40:]}",
    ],
)
def test_a_pasted_digest_is_the_digest(paste):
    """Blanks, line ends and capitals say nothing."""
    digest = Contract.from_toml(TEXT).digest

    assert Contract.from_toml(TEXT, sha256=paste(digest)).digest == digest


def test_another_digest_is_still_another():
    """What is shown as expected is what was compared."""
    with pytest.raises(ContractError) as caught:
        Contract.from_toml(TEXT, sha256=f" {'AB' * 32}\n")

    assert f"[E101] expected contract digest {'ab' * 32}, got" in str(caught.value)


@given(st.text("0123456789abcdef", min_size=1))
def test_pasting_changes_no_digest(text):
    """Two digests that differ stay different."""
    assert pasted_digest(text) == text

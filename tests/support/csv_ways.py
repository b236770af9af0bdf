"""Ways in which people write one table as CSV, and what must become of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PEOPLE", "WAYS", "Way"]

PEOPLE = {
    ("4000012345678901", "jung", "1.50"),
    ("4000012345678902", "älter", "2.00"),
    ("4000012345678903", "jung", "3.25"),
}
"""Card, age band and balance of everybody in the table; nobody else may be read."""

STRANGER = "4999999999999999"
"""Stands inside of texts only: no reader may take it for a card."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way to write the table, and what must become of it."""

    content: bytes | tuple[bytes, ...]
    """A file, or the parts of a folder."""
    code: str | None = None
    """The error that refuses it; None if it is read."""
    says: str = ""
    """What the error says, of the likely cause or of what to do."""
    people: int = 3
    """How many people are read."""
    delimiter: str | None = None
    encoding: str | None = None

    def write(self, folder: Path) -> Path:
        """Write it as ``accounts.csv`` and return where."""
        path = folder / "accounts.csv"
        if isinstance(self.content, bytes):
            path.write_bytes(self.content)
            return path
        path.mkdir()
        for number, part in enumerate(self.content):
            (path / f"part-{number}.csv").write_bytes(part)
        (path / "_SUCCESS").touch()
        return path


HEADER = "card_number,age_band,balance,note"
ROWS = (
    "4000012345678901,jung,1.50,a",
    "4000012345678902,älter,2.00,",
    "4000012345678903,jung,3.25,c",
)
FIRST, SECOND, THIRD = ROWS


def text(*lines: str, end: str = "\n") -> str:
    """Return lines with their ends."""
    return "".join(f"{line}{end}" for line in lines)


def table(end: str = "\n", header: str = HEADER) -> str:
    """Return the table, written plainly."""
    return text(header, *ROWS, end=end)


def noted(note: str, end: str = "\n") -> bytes:
    """Return the table with a note of the second person, as it is written in a file."""
    return text(HEADER, FIRST, f"{SECOND}{note}", THIRD, end=end).encode()


def separated(by: str) -> bytes:
    """Return the table with another separator."""
    return table().replace(",", by).encode()


QUOTED = "\n".join(
    ",".join(f'"{field}"' for field in line.split(",")) for line in (HEADER, *ROWS)
)
ANOTHER = f"first\n{STRANGER},jung,9.99,second"

READ = {
    "LF": Way(content=table().encode()),
    "CRLF": Way(content=table("\r\n").encode()),
    "CR": Way(content=table("\r").encode()),
    "no end of the last line": Way(content=table().rstrip("\n").encode()),
    "UTF-8 with a mark": Way(content=table("\r\n").encode("utf-8-sig")),
    "UTF-16 of Windows": Way(content=table("\r\n").encode("utf-16")),
    "UTF-16, big end first": Way(content=b"\xfe\xff" + table().encode("utf-16-be")),
    "UTF-16 with line ends in quotes": Way(
        content=noted('"x\r\ny"', "\r\n").decode().encode("utf-16")
    ),
    "UTF-32": Way(content=table().encode("utf-32")),
    "UTF-16 without a mark, named": Way(
        content=table().encode("utf-16-le"), encoding="utf-16-le"
    ),
    "Latin-1, named": Way(content=table().encode("latin-1"), encoding="latin-1"),
    "Windows-1252, named": Way(
        content=noted("€ “x”").decode().encode("cp1252"), encoding="cp1252"
    ),
    "UTF-8, though another encoding is named for the other file": Way(
        content=table().encode(), encoding="cp1252"
    ),
    "code page 850, named": Way(content=table().encode("cp850"), encoding="cp850"),
    "semicolons": Way(content=separated(";")),
    "tabs": Way(content=separated("\t")),
    "bars": Way(content=separated("|")),
    "another separator, named": Way(content=separated("^"), delimiter="^"),
    "semicolons, and a comma in a name": Way(
        content=separated(";").replace(b"note", b"note, if any"), delimiter=";"
    ),
    "commas, though another separator is named for the other file": Way(
        content=table().encode(), delimiter=";"
    ),
    "everything in quotes": Way(content=QUOTED.encode()),
    "quotes doubled in quotes": Way(content=noted('"Shop ""Best"", Inc"')),
    "nothing but quotes": Way(content=noted('""""')),
    "a separator in quotes": Way(content=noted(f'"{STRANGER},jung"')),
    "an empty text in quotes": Way(content=noted('""')),
    "a line end in quotes": Way(content=noted('"x\ny"')),
    "CRLF in quotes": Way(content=noted('"x\r\n\r\ny"', "\r\n")),
    "CR in quotes": Way(content=noted('"x\ry"', "\r")),
    "a whole row in quotes": Way(content=noted(f'"{ANOTHER}"')),
    "a backslash before the closing quote": Way(content=noted('"C:\\dir\\"')),
    "a name with a line end": Way(
        content=table(header='card_number,age_band,balance,"no\nte"').encode()
    ),
    "empty lines": Way(content=text("", HEADER, "", *ROWS, "", "").encode()),
    "capitals": Way(content=table(header=HEADER.upper()).encode()),
    "blanks after separators": Way(content=table().replace(",", ", ").encode()),
    "columns padded with blanks": Way(content=table().replace(",", "  ,  ").encode()),
    "invisible characters in names": Way(
        content=table(
            header="card_number\u200b,\u00a0age_band,bal\u00adance,note"
        ).encode()
    ),
    "the index of pandas": Way(
        content=text(
            f",{HEADER}", *(f"{i},{row}" for i, row in enumerate(ROWS))
        ).encode()
    ),
    "a name twice of a column that nobody needs": Way(
        content=text(f"{HEADER},note", *(f"{row},x" for row in ROWS)).encode()
    ),
    "names and no rows": Way(content=text(HEADER).encode(), people=0),
    "a field of three million characters": Way(content=noted("x" * 3_000_000)),
    "parts in a folder": Way(
        content=(text(HEADER, FIRST).encode(), text(HEADER, SECOND, THIRD).encode())
    ),
}

REFUSED = {
    "nothing": Way(content=b"", code="E320", says="is empty"),
    "empty lines only": Way(content=b"\n\n", code="E320", says="is empty"),
    "Latin-1": Way(
        content=table().encode("latin-1"), code="E307", says="pass --encoding cp1252"
    ),
    "UTF-16 without a mark": Way(
        content=table().encode("utf-16-le"),
        code="E307",
        says="pass --encoding utf-16-le",
    ),
    "another encoding than is named": Way(
        content=table().encode("latin-1"), encoding="utf-16-le", code="E307"
    ),
    "a byte that is NUL": Way(
        content=noted("x\0y"), code="E307", says="NUL byte in line 3"
    ),
    "gzip": Way(content=b"\x1f\x8b\x08\0\0", code="E307", says="unpack it"),
    "a workbook": Way(content=b"PK\x03\x04\x14\0", code="E307", says="Excel"),
    "a page of HTML": Way(content=b"<table>\n", code="E307", says="HTML"),
    "a line sep=": Way(
        content=text("sep=,", HEADER, *ROWS, end="\r\n").encode(),
        code="E320",
        says="delete that line",
    ),
    "two separators that fit": Way(
        content=separated(";").replace(b"note", b"note, if any"),
        code="E307",
        says="such as --delimiter",
    ),
    "a short row": Way(
        content=text(HEADER, FIRST, "4000012345678902,jung", THIRD).encode(),
        code="E309",
        says="with fewer fields, the first in line 3",
    ),
    "a separator without quotes": Way(
        content=noted("x,y"), code="E309", says="with more fields, the first in line 3"
    ),
    "a line end without quotes": Way(
        content=noted(ANOTHER[:-7].replace(",9.99", "")),
        code="E309",
        says="line end in a field without quotes",
    ),
    "a title above the names": Way(
        content=text("Accounts", HEADER, *ROWS).encode(), code="E309", says="a title"
    ),
    "a line of totals": Way(
        content=text(HEADER, *ROWS, "3 rows").encode(), code="E309", says="totals"
    ),
    "a quote that is not closed": Way(
        content=noted('"x'), code="E309", says="opened and not closed"
    ),
    "backslashes before quotes": Way(
        content=noted('"Shop \\"Best\\", Inc"'), code="E309", says="a backslash"
    ),
    "backslashes before quotes, as many fields as names": Way(
        content=text(
            "note,card_number,age_band,balance",
            f'"x\\",{STRANGER},jung,9.99"',
        ).encode(),
        code="E309",
        says="a backslash",
    ),
    "a quote in a field without quotes": Way(
        content=noted('5" pipe'), code="E309", says="from line 3 on"
    ),
    "text after the closing quote": Way(content=noted('"x"y'), code="E309"),
    "blanks between separator and quote": Way(
        content=text(HEADER, f'{FIRST[:-1]} "a"', *ROWS[1:]).encode(),
        code="E309",
        says="a blank stands between",
    ),
    "a name twice": Way(
        content=table(header="card_number,age_band,balance,card_number").encode(),
        code="E308",
        says='"card_number"',
    ),
    "two names that differ in case": Way(
        content=table(header="card_number,age_band,balance,Card_Number").encode(),
        code="E308",
    ),
    "no names": Way(
        content=text(*ROWS).encode(), code="E301", says="names of the columns"
    ),
    "one name that is another": Way(
        content=table().replace("age_band", "ageband").encode(),
        code="E301",
        says='did you mean "ageband"',
    ),
    "single quotes": Way(
        content=QUOTED.replace('"', "'").encode(), code="E301", says="none of"
    ),
    "names again among the rows": Way(
        content=text(HEADER, FIRST, HEADER, SECOND).encode(),
        code="E309",
        says="several exports were put together",
    ),
    "line ends of two kinds, one in quotes": Way(
        content=text(HEADER, f'{FIRST[:-1]}"x\r\ny"').encode()
        + text(SECOND, THIRD, end="\r\n").encode(),
        code="E309",
        says="line ends",
    ),
    "decimals with a comma": Way(
        content=separated(";").replace(b".", b","), code="E304", says="use a point"
    ),
    "parts of two kinds": Way(
        content=(text(HEADER, FIRST).encode(), separated(";")),
        code="E307",
        says="parts",
    ),
}

WAYS = {**READ, **REFUSED}
"""By a name that says what is special."""

"""Decision records: form, index, relations, and links to them from everywhere."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "adr"
INDEX = FOLDER / "README.md"
MOST_LINES = 60

INVERSE = {
    "Amends": "Amended by",
    "Amended by": "Amends",
    "Supersedes": "Superseded by",
    "Superseded by": "Supersedes",
}
"""Each relation that a header may name, and what the other record calls it."""

STATUS = re.compile(
    r"accepted(; partly superseded by \[ADR \d+\]\(\S+\.md\))?"
    r"|superseded by \[ADR \d+\]\(\S+\.md\)"
)
LINK = re.compile(r"\[ADR (\d+)\]\((\S+?)\)")


@dataclass(frozen=True)
class Record:
    """One decision record, as far as its form goes."""

    file: str
    number: int | None
    """As its title says."""
    title: str
    header: dict[str, list[str]]
    """Values of each field between title and first heading, in order."""
    headings: list[str]
    text: str

    def related(self, relation: str) -> set[int]:
        """Return the numbers of the records that a relation names."""
        values = self.header.get(relation, [])
        return {int(n) for value in values for n, _ in LINK.findall(value)}


def parsed(file: str, text: str) -> Record:
    """Return the record that a file holds, however badly formed."""
    title = re.match(r"# (\d+)\. (.+)\n", text)
    head, *_ = text.split("\n## ", 1)
    header: dict[str, list[str]] = {}
    for name, value in re.findall(r"(?m)^- ([A-Z][a-z ]+): (.+(?:\n  .+)*)$", head):
        header.setdefault(name, []).append(" ".join(value.split()))
    return Record(
        file=file,
        number=int(title[1]) if title else None,
        title=title[2] if title else "",
        header=header,
        headings=re.findall(r"(?m)^## (.+)$", text),
        text=text,
    )


def faults(record: Record) -> list[str]:
    """Return everything that is wrong with the form of a record."""
    found = []
    if record.number is None or not record.file.startswith(f"{record.number:04d}-"):
        found.append("the title has not the number of the file")
    if [bool(STATUS.fullmatch(s)) for s in record.header.get("Status", [])] != [True]:
        found.append("there is not one known status")
    dates = record.header.get("Date", [])
    if [bool(re.fullmatch(r"20\d\d-\d\d-\d\d", date)) for date in dates] != [True]:
        found.append("there is not one date")
    if unknown := record.header.keys() - {*INVERSE, "Status", "Date", "Since then"}:
        found.append(f"unknown fields: {sorted(unknown)}")
    if record.headings != ["Context", "Decision", "Consequences"]:
        found.append("the headings are others")
    if any(
        not target.startswith(f"{int(number):04d}-")
        for number, target in LINK.findall(record.text)
    ):
        found.append("a link leads to a record of another number")
    if len(record.text.splitlines()) > MOST_LINES:
        found.append(f"it has more than {MOST_LINES} lines")
    return found


def one_sided(records: list[Record]) -> list[str]:
    """Return the relations that only one of the two records names."""
    by_number = {record.number: record for record in records}
    found = []
    for record in records:
        replaced = {int(n) for n, _ in LINK.findall(record.header["Status"][0])}
        if replaced != record.related("Superseded by"):
            found.append(f"{record.number}: status and relations differ")
        for relation, inverse in INVERSE.items():
            for number in sorted(record.related(relation)):
                other = by_number.get(number)
                if other is None or record.number not in other.related(inverse):
                    found.append(f"{record.number} {relation} {number}")
    return found


RECORDS = [
    parsed(path.name, path.read_text()) for path in sorted(FOLDER.glob("[0-9]*.md"))
]
WELL_FORMED = """# 7. Do this

- Status: accepted; partly superseded by [ADR 9](0009-do-that.md)
- Date: 2026-11-24
- Superseded by: [ADR 9](0009-do-that.md): the part that
  is long

## Context

## Decision

## Consequences
"""


def test_numbers_have_no_gap():
    """The records are numbered from 1, each number once."""
    assert [record.number for record in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.file)
def test_a_record_has_its_form(record):
    """Number, title, status, date, three headings, and no more than 60 lines."""
    assert faults(record) == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.file)
def test_the_index_has_a_record_as_it_is(record):
    """One row of the table has its number, title, status and date."""
    (status,), (date,) = record.header["Status"], record.header["Date"]
    row = f"| {record.number} | [{record.title}]({record.file}) | {status} | {date} |"

    assert INDEX.read_text().splitlines().count(row) == 1


def test_the_index_has_nothing_else():
    """Every row of the table is a record that there is."""
    rows = re.findall(r"(?m)^\| \d+ \| \[[^]]*\]\((\S+?\.md)\)", INDEX.read_text())

    assert rows == [record.file for record in RECORDS]


def test_both_records_name_a_relation():
    """A record that another one amends or supersedes says so, and the other way."""
    assert one_sided(RECORDS) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("# 7. ", "# 8. ", "the title has not the number of the file"),
        ("accepted; ", "decided; ", "there is not one known status"),
        ("- Date: 2026-11-24\n", "", "there is not one date"),
        ("- Superseded by", "- Replaced by", "unknown fields: ['Replaced by']"),
        ("## Context\n", "**Context.**\n", "the headings are others"),
        ("0009-do", "0008-do", "a link leads to a record of another number"),
        ("## Decision\n", "## Decision\n" + "\n" * 60, "it has more than 60 lines"),
    ],
)
def test_a_badly_formed_record_is_found(old, new, fault):
    """Each fault of the form, planted in a record that has none."""
    assert faults(parsed("0007-do-this.md", WELL_FORMED)) == []

    assert fault in faults(parsed("0007-do-this.md", WELL_FORMED.replace(old, new)))


def test_a_one_sided_relation_is_found():
    """A record that is superseded by one that does not say so."""
    old = parsed("0007-do-this.md", WELL_FORMED)
    text = "# 9. Do that\n\n- Status: accepted\n- Supersedes: [ADR 7](0007-do-this.md)"
    new = parsed("0009-do-that.md", text)
    silent = parsed("0009-do-that.md", text.replace("- Supersedes", "See"))

    assert one_sided([old, new]) == []
    assert one_sided([old, silent]) == ["7 Superseded by 9"]


def test_every_reference_leads_to_a_record():
    """Code and pages that name a record's file name one that there is."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.toml", "Makefile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    texts = [p for f in listed.stdout.split() if (p := ROOT / f).exists()]
    named = {
        (str(path.relative_to(ROOT)), file)
        for path in texts
        for file in re.findall(r"\badr/(\d{4}-[\w-]+\.md)", path.read_text())
    }

    assert named
    assert [name for name in named if not (FOLDER / name[1]).exists()] == []

"""The page of the consent wire format: its tables and examples, for tests."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["PAGE", "examples_of_page", "table_rows"]

PAGE = Path(__file__).parents[2] / "docs" / "spec" / "consent-events-v1.md"
_EXAMPLE = re.compile(
    r"```json\n(?P<line>.*)\n```\n\n"
    r"(?:Event: `(?P<action>\w+)` at `(?P<time>\S+)`"
    r"|Quarantine: `(?P<reason>\w+)`, (?:without effect"
    r"|and counts as `(?P<inferred>\w+)` at `(?P<received>\S+)`))\.\n"
)


def examples_of_page() -> list[tuple[bytes, dict]]:
    """Return each example's line, and what the page says of it, by column."""
    text = PAGE.read_text()
    found = [
        (
            m["line"].encode(),
            {
                "quarantine": m["reason"],
                "action": m["action"] or m["inferred"],
                "event_time": m["time"] or m["received"],
            },
        )
        for m in _EXAMPLE.finditer(text)
    ]
    assert len(found) == text.count("```json"), "an example has no result"
    return found


def table_rows(heading: str) -> list[list[str]]:
    """Return the cells of the only table of a section, without its head."""
    _, _, section = PAGE.read_text().partition(f"## {heading}\n")
    section = section.partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]

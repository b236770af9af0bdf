"""
Write the generated parts of docs/spec/token-v1.md from the specification's data.

Everything between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the rest is
written by hand.  ``--check`` exits with 1 if the page is not what this makes.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from cleanroom_join.tokens import Reason, spec_document, spec_sha256
from cleanroom_join.tokens.spec import INFO_LABEL
from cleanroom_join.tokens.tables import (
    COMBINING,
    COUNTRIES,
    DASHES,
    DIGITS,
    FOLD_LATIN,
    INVISIBLE,
    NULL_LIKE,
    PROVIDERS,
    QUOTES,
    TABLES,
    WHITESPACE,
    notation,
)

PAGE = Path(__file__).parents[1] / "docs/spec/token-v1.md"
CODE_POINTS = (WHITESPACE, INVISIBLE, DASHES, DIGITS, QUOTES, COMBINING)


def digest() -> list[str]:
    """The digest of the machine-readable form."""
    return [f"`{spec_sha256()}`"]


def tables() -> list[str]:
    """Tables of code points, and the digests of all tables."""
    lines = ["| table | code points | SHA-256 |", "|---|---|---|"]
    lines += [
        f"| `{t.name}` | {t.code_points} | `{TABLES[t.name]}` |" for t in CODE_POINTS
    ]
    listed = {t.name for t in CODE_POINTS}
    lines += [
        f"| `{name}` | see below | `{sha256}` |"
        for name, sha256 in TABLES.items()
        if name not in listed
    ]
    return lines


def fold_latin() -> list[str]:
    """What Latin letters with marks become."""
    becomes: dict[str, list[str]] = {}
    for character, text in FOLD_LATIN.items():
        becomes.setdefault(text, []).append(character)
    lines = ["| becomes | code points |", "|---|---|"]
    return lines + [
        f"| `{text}` | {notation(''.join(characters))} |"
        for text, characters in sorted(becomes.items(), key=lambda i: (len(i[0]), i[0]))
    ]


def null_like() -> list[str]:
    """Words for NULL."""
    return [" ".join(f"`{word}`" for word in NULL_LIKE)]


def providers() -> list[str]:
    """Mail providers."""
    lines = ["| domains | canonical | ignored | tag begins with |", "|---|---|---|---|"]
    for p in PROVIDERS:
        ignored = f"`{p.ignored}`" if p.ignored else "nothing"
        domains = " ".join(f"`{d}`" for d in p.domains)
        lines.append(f"| {domains} | `{p.canonical}` | {ignored} | `{p.tag}` |")
    return lines


def countries() -> list[str]:
    """How countries write their own telephone numbers."""
    lines = ["| country | code | trunk prefix | digits after it |", "|---|---|---|---|"]
    for name, c in COUNTRIES.items():
        trunk = f"`{c.trunk}`" if c.trunk else "none"
        optional = " (optional)" if c.trunk_optional else ""
        fewest, most = c.digits
        lines.append(f"| {name} | {c.code} | {trunk}{optional} | {fewest}-{most} |")
    return lines


def reasons() -> list[str]:
    """Every reason and what it means."""
    source = Path(__file__).parents[1] / "src/cleanroom_join/tokens/steps/reason.py"
    said = dict(
        re.findall(
            r'    [A-Z0-9_]+ = "([a-z0-9_]+)"\n    """(.*)"""', source.read_text()
        )
    )
    return [f"- `{r.value}`: {said[r.value].replace('``', '`')}" for r in Reason]


def steps(kind: str) -> list[str]:
    """The steps of one kind."""
    document: Any = spec_document()
    return [
        f"{number}. {_step(step)}"
        for number, step in enumerate(document["kinds"][kind], start=1)
    ]


def _step(step: dict[str, Any]) -> str:
    """One step: its operation and arguments, as the machine-readable form has them."""
    fields = [f"`{name}={_value(v)}`" for name, v in step.items() if name != "op"]
    return " ".join([f"`{step['op']}`", *fields])


def _value(value: object) -> str:
    """An argument on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=True)


def date_formats() -> list[str]:
    """The steps that a declared date format adds."""
    document: Any = spec_document()
    lines = ["| format | steps |", "|---|---|"]
    for name, added in document["date_formats"].items():
        text = "; ".join(_step(s) for s in added) or "none"
        lines.append(f"| `{name}` | {text.replace('|', chr(92) + '|')} |")
    return lines


def label() -> list[str]:
    """The first part of the HKDF info."""
    return [f"`{INFO_LABEL}`"]


SECTIONS = {
    f.__name__.replace("_", "-"): f
    for f in (
        *(digest, tables, fold_latin, null_like, providers, countries, reasons),
        *(date_formats, label),
    )
}


def rendered(page: str) -> str:
    """The page with its generated parts."""

    def part(match: re.Match[str]) -> str:
        name = match[1]
        known = SECTIONS.get(name)
        lines = known() if known else steps(name.removeprefix("kind-"))
        body = "\n".join(lines)
        return f"<!-- generated: {name} -->\n{body}\n<!-- end -->"

    return re.sub(
        r"<!-- generated: ([a-z0-9_-]+) -->\n.*?<!-- end -->",
        part,
        page,
        flags=re.DOTALL,
    )


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    old = PAGE.read_text()
    new = rendered(old)
    if not check:
        PAGE.write_text(new)
    print(f"{PAGE.name}: {'is what the data says' if old == new else 'DIFFERS'}")
    return int(check and old != new)


if __name__ == "__main__":
    raise SystemExit(main())

"""
Write the generated parts of docs/spec/token-v1.md from the specification's data.

Everything between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the rest is
written by hand.  ``--check`` exits with 1 if the page is not what this makes.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanroom_join.contract import DateFormat, Holds, TokenKind
from cleanroom_join.tokens import KINDS, KindSpec, Reason, spec_document, spec_sha256
from cleanroom_join.tokens.kinds import ColumnOption
from cleanroom_join.tokens.spec import INFO_LABEL, step_document
from cleanroom_join.tokens.tables import (
    COMBINING,
    COUNTRIES,
    DASHES,
    DIGITS,
    FOLD_LATIN,
    INVISIBLE,
    NULL_LIKE,
    PLANS,
    PROVIDERS,
    QUOTES,
    TABLES,
    WHITESPACE,
    notation,
)
from cleanroom_join.tokens.tables.numbering_patterns import SPECIFICATION_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.tokens import Step
    from cleanroom_join.tokens.tables import Lengths

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


def plans() -> list[str]:
    """What follows a calling code."""
    lines = ["| code | digits | begin with | trunk prefixes |", "|---|---|---|---|"]
    for code, plan in PLANS.items():
        trunk = " ".join(f"`{prefix}`" for prefix in plan.trunk) or "none"
        lines.append(f"| {code} | {_lengths(plan.digits)} | {plan.first} | {trunk} |")
    return lines


def countries() -> list[str]:
    """How countries write and dial telephone numbers."""
    lines = [
        "| country | code | trunk | digits after it | without it | international |",
        "|---|---|---|---|---|---|",
    ]
    for name, c in COUNTRIES.items():
        trunk = f"`{c.trunk}`" if c.trunk else "none"
        idd = f"`{_in_table(c.idd)}`" if c.idd else "none"
        idd += " (ambiguous)" if c.ambiguous else ""
        digits, bare = _lengths(c.digits), _lengths(c.bare)
        lines.append(f"| {name} | {c.code} | {trunk} | {digits} | {bare} | {idd} |")
    return lines


def _lengths(lengths: Lengths) -> str:
    """Numbers of digits."""
    parts = (str(a) if a == b else f"{a}-{b}" for a, b in lengths)
    return ", ".join(parts) or "none"


def _in_table(text: str) -> str:
    """A text that may stand in a table."""
    return text.replace("|", chr(92) + "|")


def reasons() -> list[str]:
    """Every reason and what it means."""
    source = Path(__file__).parents[1] / "src/cleanroom_join/tokens/steps/reason.py"
    said = dict(
        re.findall(
            r'    [A-Z0-9_]+ = "([a-z0-9_]+)"\n    """(.*)"""', source.read_text()
        )
    )
    return [f"- `{r.value}`: {said[r.value].replace('``', '`')}" for r in Reason]


def kinds() -> list[str]:
    """Every kind: what its file says of it, and its steps."""
    document: Any = spec_document()
    lines = []
    for kind, spec in KINDS.items():
        if kind.hash_of is None:
            lines += _heading(f"kinds.{kind.value}")
            lines += [*_numbered(document["kinds"][kind.value]), "", *_declared(spec)]
    return lines[:-1]


def hashes() -> list[str]:
    """Every published hash: its steps for identifiers, and those for hashes."""
    document: Any = spec_document()
    lines = []
    for name, steps in document["hashes"].items():
        kind = KINDS[TokenKind(name)].kind
        lines += _heading(f"kinds.hashed.{name}")
        raw, base = document["kinds"][name], document["kinds"][kind.hash_of.value]
        if raw[: len(base)] == base:
            said = f"A column of identifiers: the {len(base)} steps of"
            lines += [f"{said} `{kind.hash_of.value}`, then", ""]
            raw = raw[len(base) :]
        else:
            lines += ["A column of identifiers:", ""]
        lines += [*_numbered(raw), "", "A column of hashes:", ""]
        lines += [*_numbered(steps), ""]
    return lines[:-1]


def _heading(module_name: str) -> list[str]:
    """The heading of a kind, and what its file says of it."""
    module = importlib.import_module(f"cleanroom_join.tokens.{module_name}")
    described = inspect.cleandoc(module.__doc__ or "").replace("  ", " ")
    return [f"### {module_name.rpartition('.')[2]}", "", described, ""]


def _numbered(steps: list[dict[str, Any]]) -> list[str]:
    """Steps in order."""
    return [f"{number}. {_step(step)}" for number, step in enumerate(steps, start=1)]


def _declared(spec: KindSpec) -> list[str]:
    """What a declaration of the column adds to the steps of its kind, if anything."""
    if spec.declared is None:
        return []
    declared = spec.declared
    where = f"directly after step {declared.after}"
    if declared.instead_of:
        first, last = declared.after + 1, declared.after + declared.instead_of
        lines = [
            f"A declared country has these in place of steps {first} to {last}.",
            "",
        ]
        return [*lines, *_by_country(declared.steps, first)]
    if declared.option is ColumnOption.COUNTRY:
        return [f"A declared country adds its steps of `country_v1` {where}.", ""]
    lines = [f"A declared format adds these steps {where}:", ""]
    return [*lines, *_date_formats(declared.steps), ""]


def _by_country(steps: Mapping[str, tuple[Step, ...]], first: int) -> list[str]:
    """The steps of each country; countries that have the same are named together."""
    named: dict[tuple[Step, ...], list[str]] = {}
    for country, added in steps.items():
        named.setdefault(added, []).append(country)
    lines = []
    for added, together in named.items():
        lines += [", ".join(together) + ":", ""]
        lines += [
            f"{number}. {_step(step_document(step))}"
            for number, step in enumerate(added, start=first)
        ]
        lines.append("")
    return lines


def _step(step: dict[str, Any]) -> str:
    """One step: its operation and arguments, as the machine-readable form has them."""
    fields = [f"`{name}={_value(v)}`" for name, v in step.items() if name != "op"]
    return " ".join([f"`{step['op']}`", *fields])


def _value(value: object) -> str:
    """An argument on one line."""
    if isinstance(value, str) and value in SPECIFICATION_NAMES:
        return f"country_v1 {SPECIFICATION_NAMES[value]}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=True)


def _date_formats(steps: Mapping[str, tuple[Step, ...]]) -> list[str]:
    """A table of the steps that each date format adds."""
    lines = ["| format | steps |", "|---|---|"]
    for form in DateFormat:
        added = [_step(step_document(step)) for step in steps[form.value]]
        text = "; ".join(added) or "none"
        lines.append(f"| `{form.value}` | {_in_table(text)} |")
    return lines


def examples() -> list[str]:
    """The examples of every kind."""
    return _examples(
        (kind.value, example.identifier, example.result)
        for kind, spec in KINDS.items()
        for example in spec.examples
        if example.holds is Holds.RAW
    )


def hash_examples() -> list[str]:
    """The examples of columns that hold hashes."""
    return _examples(
        (kind.value, example.identifier, example.result)
        for kind, spec in KINDS.items()
        for example in spec.examples
        if example.holds is Holds.HASH
    )


def _examples(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    """A table of kinds, identifiers and results."""
    lines = ["| kind | identifier | result |", "|---|---|---|"]
    return lines + [
        f"| {kind} | `{text}` | `{result}` |" for kind, text, result in rows
    ]


def label() -> list[str]:
    """The first part of the HKDF info."""
    return [f"`{INFO_LABEL}`"]


SECTIONS = {
    f.__name__.replace("_", "-"): f
    for f in (
        *(digest, tables, fold_latin, null_like, providers, plans, countries, kinds),
        *(reasons, label, examples, hashes, hash_examples),
    )
}


def rendered(page: str) -> str:
    """The page with its generated parts."""

    def part(match: re.Match[str]) -> str:
        body = "\n".join(SECTIONS[match[1]]())
        return f"<!-- generated: {match[1]} -->\n{body}\n<!-- end -->"

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

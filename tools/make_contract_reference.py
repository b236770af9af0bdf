"""
Write the tables of docs/reference/contract.md from the declaration that the reader uses.

Everything between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the rest is
written by hand.  The page must have a place for every table of the declaration.
``--check`` exits with 1 if the page is not what this makes.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cleanroom_join.contract.document.contract_fields import CONTRACT
from cleanroom_join.contract.document.lists import OneOrMore
from cleanroom_join.contract.document.policy_fields import PARTY_POLICY, SHARED_POLICY
from cleanroom_join.contract.document.records import (
    REQUIRED,
    Field,
    NamedRecords,
    Record,
    RecordList,
)
from cleanroom_join.contract.document.scalars import Choice
from cleanroom_join.contract.document.shapes import OneKeyOf, Tagged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE = Path(__file__).parents[1] / "docs/reference/contract.md"


def sections(value: object, name: str) -> Iterator[tuple[str, list[str]]]:
    """The tables of a part of the declaration, each under its place in the TOML."""
    if isinstance(value, Record):
        yield name, [*keys(value), *meanings(value.fields)]
        for field in value.fields:
            if value is not SHARED_POLICY and field.value is not PARTY_POLICY:
                here = f"{name}.{field.name}".removeprefix("contract.")
                yield from sections(field.value, here)
    elif isinstance(value, NamedRecords):
        yield from sections(value.record, f"{name}.NAME")
    elif isinstance(value, RecordList):
        yield from sections(value.record, f"{name}[]")
    elif isinstance(value, Tagged):
        yield name, [*shapes(value), *meanings([tag(value)])]
    elif isinstance(value, OneKeyOf):
        for key, shape in value.shapes.items():
            yield from sections(shape, f"{name}:{key}")


def keys(record: Record[object]) -> list[str]:
    """A table of the keys of a record; those of tables beneath it with dots."""
    fields = list(dotted(record) if record is SHARED_POLICY else record.fields)
    if not any(field.stricter for field in fields):
        head = ["| key | value | default | meaning |", "|---|---|---|---|"]
        return head + [f"| `{f.name}` | {value(f)} |" for f in fields]
    head = ["| key | value | default | meaning | stricter |", "|---|---|---|---|---|"]
    return head + [f"| `{f.name}` | {value(f)} | {f.stricter or '-'} |" for f in fields]


def dotted(record: Record[object], prefix: str = "") -> Iterator[Field]:
    """The keys of a record and of the records in it, by their paths."""
    for field in record.fields:
        name = f"{prefix}{field.name}"
        if isinstance(field.value, Record):
            yield from dotted(field.value, f"{name}.")
        else:
            yield Field(
                name,
                field.value,
                field.meaning,
                default=field.default,
                stricter=field.stricter,
            )


def shapes(tagged: Tagged) -> list[str]:
    """A table of the keys beside a tag, by what the tag says."""
    head = [
        f"| `{tagged.tag}` | key | value | default | meaning |",
        "|---|---|---|---|---|",
    ]
    for text, fields in tagged.others.items():
        head += [f'| `"{text}"` | `{f.name}` | {value(f)} |' for f in fields]
        head += [] if fields else [f'| `"{text}"` | - | - | - | - |']
    return head


def tag(tagged: Tagged) -> Field:
    """The tag of a table as a key."""
    return Field(tagged.tag, tagged.choice, tagged.meaning)


def value(field: Field) -> str:
    """What a key takes, its default, and what it means, as cells."""
    default = "-"
    if field.default is REQUIRED:
        default = "required"
    elif (plain := field.default_json()) is not None:
        text = f'"{plain}"' if isinstance(plain, str) else f"{plain}".lower()
        default = f"`{text}`"
    return f"{field.value.description()} | {default} | {field.meaning}"


def meanings(fields: Iterable[Field]) -> list[str]:
    """What each option of a choice means, as a list under the table."""
    lines = []
    for field in fields:
        inner = field.value.item if isinstance(field.value, OneOrMore) else field.value
        options = inner.options if isinstance(inner, Choice) else {}
        lines += [
            f'- `{field.name} = "{text}"`: {option.meaning}'
            for text, option in options.items()
            if option.meaning
        ]
    return ["", *lines] if lines else []


def rendered(page: str) -> str:
    """The page with its generated parts."""
    parts = dict(sections(CONTRACT, "contract"))
    places = re.findall(r"<!-- generated: (.*?) -->", page)
    if sorted(places) != sorted(parts):
        message = f"the page needs a place for each of {', '.join(parts)}"
        raise SystemExit(message)

    def part(match: re.Match[str]) -> str:
        body = "\n".join(parts[match[1]])
        return f"<!-- generated: {match[1]} -->\n{body}\n<!-- end -->"

    return re.sub(
        r"<!-- generated: (.*?) -->\n.*?<!-- end -->", part, page, flags=re.DOTALL
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
    print(f"{PAGE.name}: {'is what the declaration says' if old == new else 'DIFFERS'}")
    return int(check and old != new)


if __name__ == "__main__":
    raise SystemExit(main())

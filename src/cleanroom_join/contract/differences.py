"""In which keys two contracts differ: there are such keys if their digests differ."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.digest import ORDER, hashed_document
from cleanroom_join.contract.document.toml_text import parse_toml, read_document
from cleanroom_join.errors import InternalError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ABSENT", "Difference", "differences"]

ABSENT = "-"
"""What stands for a key that one of the contracts does not have."""

_MARKS = ("$decimal", "$date")


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One key that two contracts do not have alike."""

    path: str
    """Where it is, as errors of a contract say it."""
    first: str
    """What the first contract says, as text; of a list, what only it has."""
    second: str
    """What the second one says."""


def differences(first: str, second: str) -> tuple[Difference, ...]:
    """
    Return the keys in which two contracts differ, in the order of the first.

    Comments, layout and the order of keys do not count, unless a release shows it.

    Args:
        first: TOML of a valid contract.
        second: TOML of another, or of another revision.
    """
    return tuple(_tables(_hashed(first), _hashed(second), ""))


def _hashed(text: str) -> Mapping[str, object]:
    """Return what a contract's digest is taken of."""
    document, problems = parse_toml(text)
    terms = read_document(document, problems).terms
    if problems:
        raise InternalError.of("a contract with faults is compared")
    return hashed_document(document, terms)


def _tables(
    first: Mapping[str, object], second: Mapping[str, object], path: str
) -> Iterator[Difference]:
    """Yield the differences of two tables."""
    for key in dict.fromkeys((*first, *second)):
        if key == ORDER and not path:
            yield from _orders(_table(first.get(key)), _table(second.get(key)))
            continue
        here = f"{path}.{printable(key)}".removeprefix(".").replace(".[", "[")
        one, other = first.get(key), second.get(key)
        if one != other:
            yield from _values(one, other, here)


def _values(one: object, other: object, path: str) -> Iterator[Difference]:
    """Yield the differences of two values that are not equal."""
    # What is absent has none of the other one's keys.
    first = {} if one is None else _branch(one)
    second = {} if other is None else _branch(other)
    inside = [] if first is None or second is None else [*_tables(first, second, path)]
    if inside:
        yield from inside
    elif isinstance(one, list) and isinstance(other, list):
        yield _lists(one, other, path)
    else:
        yield Difference(path=path, first=_text(one), second=_text(other))


def _branch(value: object) -> dict[str, object] | None:
    """Return a table, or a list of tables by their ids; None of anything else."""
    if isinstance(value, dict):
        return None if value.keys() & set(_MARKS) or not value else value
    if isinstance(value, list):
        items = [item for item in value if isinstance(item, dict) and "id" in item]
        if len(items) == len(value):
            return {f"[{item['id']}]": item for item in items} or None
    return None


def _lists(one: list[object], other: list[object], path: str) -> Difference:
    """Return what only one of two lists has, or that their order differs."""
    texts = [list(map(_text, one)), list(map(_text, other))]
    only = [
        Counter(texts[0]) - Counter(texts[1]),
        Counter(texts[1]) - Counter(texts[0]),
    ]
    if not only[0] and not only[1]:
        first, second = (", ".join(text) for text in texts)
        return Difference(path=path, first=f"order: {first}", second=f"order: {second}")
    first, second = (
        f"only here: {', '.join(found.elements())}" if found else "nothing else"
        for found in only
    )
    return Difference(path=path, first=first, second=second)


def _orders(
    first: Mapping[str, object], second: Mapping[str, object]
) -> Iterator[Difference]:
    """Yield orders that a release shows; without an entry names are in order."""
    for path in dict.fromkeys((*first, *second)):
        one, other = first.get(path), second.get(path)
        if one != other:
            said = [
                "order: by name" if order is None else f"order: {_text(order)}"
                for order in (one, other)
            ]
            yield Difference(path=printable(path), first=said[0], second=said[1])


def _table(value: object) -> Mapping[str, object]:
    """Return a table; an empty one if there is none."""
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """Return a value as TOML has it, or nearly so."""
    if value is None:
        return ABSENT
    if isinstance(value, dict) and len(value) == 1:
        ((mark, text),) = value.items()
        if mark in _MARKS:
            return str(text)
    # No text of a contract has a character that is not seen in print.
    return json.dumps(value, ensure_ascii=False)

"""
Values of Parquet files, decoded: their pages are compressed and dictionary-encoded.

A search of the file's bytes alone would miss most tokens.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["can_decode", "decoded_values"]

_ROWS = 1 << 16
_SEPARATOR = b"\0"
"""Between values: a character of no form, so that no two values make a third."""


def can_decode() -> bool:
    """Return whether PyArrow is there to decode with."""
    try:
        importlib.import_module("pyarrow.parquet")
    except ImportError:
        return False
    return True


def decoded_values(path: Path) -> Iterator[bytes]:
    """
    Yield the texts and binaries of a file, at any depth, some thousand rows at once.

    Raises whatever PyArrow raises for a file that is none, is cut, or is encrypted.
    """
    parquet = importlib.import_module("pyarrow.parquet")
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_ROWS, use_threads=False):
            for column in batch.columns:
                yield from _leaves(column)


def _leaves(column: Any) -> Iterator[bytes]:
    """Yield the values of an Arrow array, and of the arrays inside it."""
    arrow = importlib.import_module("pyarrow")
    types, kind = arrow.types, column.type
    if types.is_dictionary(kind):
        yield from _leaves(column.dictionary)
    elif types.is_struct(kind):
        for index in range(kind.num_fields):
            yield from _leaves(column.field(index))
    elif types.is_map(kind):
        yield from _leaves(column.keys)
        yield from _leaves(column.items)
    elif types.is_list(kind) or types.is_large_list(kind):
        yield from _leaves(column.values)
    elif types.is_string(kind) or types.is_large_string(kind):
        texts = (text.encode() for text in column.to_pylist() if text)
        yield _SEPARATOR.join(texts)
    elif any(test(kind) for test in _bytes(types)):
        yield _SEPARATOR.join(value for value in column.to_pylist() if value)
    elif not any(test(kind) for test in _without_bytes(types)):
        msg = "a type of Arrow whose values are not searched"
        raise TypeError(msg)


def _bytes(types: Any) -> tuple[Callable[[Any], bool], ...]:
    """Return what tells types whose values are bytes."""
    return types.is_binary, types.is_large_binary, types.is_fixed_size_binary


def _without_bytes(types: Any) -> tuple[Callable[[Any], bool], ...]:
    """Return what tells types that cannot hold a token: numbers, times, Booleans."""
    return types.is_primitive, types.is_decimal, types.is_null, types.is_boolean

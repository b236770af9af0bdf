"""Columns as the tests of first contracts state them: a name and values."""

from __future__ import annotations

from cleanroom_join.first_contract.column_facts import (
    ColumnFacts,
    Storage,
    sample_facts,
)

TRUTH = {"true", "false", "yes", "no", "y", "n", "t", "f", "0", "1"}


def facts(name, values, storage=Storage.FREE_TEXT, times=1):
    """Return the facts of a column whose values are repeated, each so many times."""
    texts = [value for value in values if value is not None and value.strip()]
    return ColumnFacts(
        name=name,
        storage=storage,
        filled=len(texts) * times,
        distinct=len(set(texts)),
        booleans=sum(text.lower() in TRUTH for text in texts) * times,
        integers=sum(_is(int, text) for text in texts) * times,
        decimals=sum(_is(float, text) for text in texts) * times,
        sample=sample_facts(texts),
    )


def _is(kind, text):
    """Return whether a text is a number of a kind."""
    try:
        kind(text)
    except ValueError:
        return False
    return True

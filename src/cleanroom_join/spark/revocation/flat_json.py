"""
Flat JSON objects by native expressions: is a whole line one, and what is in it.

Spark's JSON reader alone would lose events without a word: it drops text after an
object and a second object on the line, takes the last of two equal names, and reads
numbers in quotes.  So one regular expression first decides whether the whole line is a
flat JSON object (RFC 8259; pairs of surrogates as RFC 7493 demands).  In such a line
``"name":`` occurs only where the object has that name, because a quote inside a string
has a backslash before it.  So a pattern finds the JSON type of a value, and the reader
only decodes strings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from cleanroom_join.revocation.wire_format import (
    MAX_DIGITS,
    MAX_LINE_BYTES,
    JsonType,
    QuarantineReason,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import Column

    from cleanroom_join.revocation.wire_format import Field

__all__ = [
    "FLAT_OBJECT",
    "MEMBER_NAME",
    "decoded_strings",
    "field_value",
    "is_present",
    "unreadable_reason",
]

_BLANKS = r"[ \t\r\n]*+"
_NAME = "[A-Za-z_][A-Za-z0-9_]*+"
# Possessive quantifiers: Java runs such a group as a loop.  Any other group it runs by
# recursion, and a string with thousands of escapes would overflow its stack.
_PAIR = r"[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPED = (
    r'\\(?:["\\/bfnrt]'
    rf"|u(?:[0-9a-cefA-CEF][0-9a-fA-F]{{3}}|[dD][0-7][0-9a-fA-F]{{2}}|{_PAIR}))"
)
_STRING = rf'"(?:[^"\\\x00-\x1f]++|{_ESCAPED})*+"'
_NUMBER = (
    rf"-?+(?:0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}}+)(?:\.[0-9]{{1,{MAX_DIGITS}}}+)?+"
    r"(?:[eE][+-]?+[0-9]{1,3}+)?+"
)
_VALUE = f"(?:{_STRING}|{_NUMBER}|true|false|null)"
_MEMBER = f'"{_NAME}"{_BLANKS}:{_BLANKS}{_VALUE}{_BLANKS}'
FLAT_OBJECT = (
    rf"\A{_BLANKS}\{{{_BLANKS}(?:{_MEMBER}(?:,{_BLANKS}{_MEMBER})*+)?+\}}{_BLANKS}\z"
)
"""Java's expression for a text that is exactly one flat object."""

MEMBER_NAME = rf'"({_NAME})"\s*+:'
"""Java's expression for each name of such an object."""


def unreadable_reason(value: Column) -> Column:
    """Return why a line is no flat object, or NULL if it is one."""
    names = F.regexp_extract_all(value, F.lit(MEMBER_NAME), F.lit(1))
    # `encode` replaces invalid bytes, the cast keeps them, so the two differ.
    broken = F.encode(value, "UTF-8") != value.cast("binary")
    return (
        F.when(value.isNull(), QuarantineReason.NO_LINE.value)
        .when(F.octet_length(value) > MAX_LINE_BYTES, QuarantineReason.TOO_LONG.value)
        .when(value.rlike(rf"\A{_BLANKS}\z"), QuarantineReason.EMPTY_LINE.value)
        .when(broken, QuarantineReason.NOT_UTF8.value)
        .when(~value.rlike(FLAT_OBJECT), QuarantineReason.NOT_FLAT_JSON.value)
        .when(
            F.size(names) > F.size(F.array_distinct(names)),
            QuarantineReason.REPEATED_NAME.value,
        )
    )


def decoded_strings(text: Column, fields: Iterable[Field]) -> Column:
    """Return a struct of the fields that are strings, with their escapes decoded."""
    names = [field.name for field in fields if field.json_type is JsonType.STRING]
    return F.from_json(text, ", ".join(f"{name} string" for name in names))


def is_present(text: Column, name: str) -> Column:
    """Return whether a flat object has a field with another value than null."""
    return text.rlike(rf'"{name}"\s*+:\s*+(?!null)')


def field_value(text: Column, decoded: Column, field: Field) -> Column:
    """
    Return a field's value, STRING or BIGINT; NULL unless it has its type and its form.

    Args:
        text: A flat object, or NULL.
        decoded: What `decoded_strings` makes of it.
        field: The field.
    """
    start = rf'"{field.name}"\s*+:\s*+'
    if field.json_type is JsonType.INTEGER:
        whole = rf"{start}({field.pattern})\s*+[,}}]"
        digits = F.nullif(F.regexp_extract(text, whole, 1), F.lit(""))
        number = digits.cast("decimal(19,0)")
        # A larger number is malformed, and a cast to BIGINT would raise.
        return F.when(number <= F.lit(2**63 - 1), number).cast("bigint")
    string = decoded.getField(field.name)
    is_string = text.rlike(f'{start}"')
    return F.when(is_string & string.rlike(rf"\A(?:{field.pattern})\z"), string)

"""The keys of a shared table's columns, by the role of the column."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from cleanroom_join.contract.document.country import Country
from cleanroom_join.contract.document.lists import ListOf, OneOrMore, TextTable
from cleanroom_join.contract.document.often_written import (
    MEASURE_TYPES,
    NO_DOMAINS,
    NO_MEASURE_TYPES,
    ROLES,
)
from cleanroom_join.contract.document.records import Field, Record
from cleanroom_join.contract.document.scalars import (
    Choice,
    Flag,
    Number,
    Option,
    Text,
    described,
)
from cleanroom_join.contract.document.shapes import OneKeyOf, Tagged
from cleanroom_join.contract.terms.columns import (
    LARGEST_UNITS,
    Dimension,
    DimensionType,
    MeasureColumn,
    MeasureType,
    SubjectColumn,
)
from cleanroom_join.contract.terms.identifier import DateFormat, Holds
from cleanroom_join.contract.terms.limits import Limits
from cleanroom_join.contract.terms.names import NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.document.node import Node
    from cleanroom_join.contract.document.scalars import Schema

__all__ = ["COLUMN", "MOST_COMPONENTS"]

MOST_COMPONENTS = 8
"""More than any record linkage uses; a row that lacks one of them has no token."""

_SOURCE = Field(
    "source",
    Text(),
    "The raw column; the column's own name if absent.",
    default=None,
    called=("column", "raw", "from", "raw_column"),
)


def _subject_column(
    name: str,
    subject: str,
    source: tuple[str, ...] | None,
    date_format: DateFormat,
    country: str | None,
    holds: Holds,
) -> SubjectColumn:
    """Make a column of tokens; its raw column has its own name if none is given."""
    return SubjectColumn(
        name=name,
        subject=subject,
        sources=source or (name,),
        date_format=date_format,
        country=country,
        holds=holds,
    )


_SUBJECT_COLUMN = Record(
    _subject_column,
    (
        Field("subject", Text(NAME), "The kind of subject whose tokens these are."),
        Field(
            "source",
            OneOrMore(Text(), MOST_COMPONENTS),
            "The raw column that the token is made from, or one for each kind in their"
            " order; the column's own name if absent.",
            default=None,
        ),
        Field(
            "date_format",
            Choice({form.value: Option(form) for form in DateFormat}),
            "How the raw columns write dates of birth.",
            default=DateFormat.ISO,
        ),
        Field(
            "country",
            Country(),
            "The country where the raw telephone numbers are dialled, without which"
            " only those with + are read; or whose registrations of cars these are.",
            default=None,
        ),
        Field(
            "holds",
            described(Holds),
            "For kinds that are published hashes: what this party's raw columns hold.",
            default=Holds.RAW,
        ),
    ),
)

_TEXTS = ListOf(Text(), "a list of strings")
_WHOLE = Limits(minimum=Decimal(1 - 2**53), maximum=Decimal(2**53 - 1), whole=True)
"""RFC 7493, section 2.2."""
_NUMBERS = ListOf(Number(_WHOLE), "a list of whole numbers")


@dataclass(frozen=True, slots=True)
class _Domain:
    """The domain of a dimension: ``"boolean"``, or its values."""

    expected: ClassVar[str] = '"boolean" or a list of all-string or all-integer values'
    substitute: ClassVar[tuple[DimensionType, tuple[str, ...]]] = (
        DimensionType.STRING,
        (),
    )

    def read(self, node: Node) -> tuple[DimensionType, tuple[str, ...]] | None:
        """Return the type and the values, as text."""
        if node.value == "boolean":
            return DimensionType.BOOLEAN, ("false", "true")
        if isinstance(node.value, str):
            end = NO_DOMAINS.get(node.value.strip().lower(), "")
            node.report(f"must be {self.expected}{end}", "E112")
            return None
        items = node.typed(list, self.expected)
        if items is None:
            return None
        if items and all(isinstance(item, bool) for item in items):
            node.report('is "boolean" for true and false, not a list', "E112")
            return DimensionType.BOOLEAN, ("false", "true")
        whole = bool(items) and all(type(item) is int for item in items)
        kind = DimensionType.INT if whole else DimensionType.STRING
        values = (_NUMBERS if whole else _TEXTS).read(node) or ()
        return kind, tuple(str(value) for value in values)

    def schema(self) -> Schema:
        """Return the three forms."""
        forms = [{"enum": ["boolean"]}, _TEXTS.schema(), _NUMBERS.schema()]
        return {"anyOf": forms}

    def description(self) -> str:
        """Return the three forms in words."""
        return '`"boolean"`; or list of strings, or of whole numbers'


def _dimension(
    name: str,
    dimension: tuple[DimensionType, tuple[str, ...]],
    parents: Mapping[str, str],
    source: str | None,
    *,
    sensitive: bool,
) -> Dimension:
    """Make a dimension."""
    kind, values = dimension
    return Dimension(
        name=name,
        type=kind,
        values=values,
        sensitive=sensitive,
        parents=parents,
        source=source,
    )


_DIMENSION = Record(
    _dimension,
    (
        Field(
            "dimension",
            _Domain(),
            'The finite domain to group by; every other value becomes "(other)".',
        ),
        Field(
            "sensitive",
            Flag(),
            "Whether to learn a subject's value would itself be a disclosure.",
            default=False,
        ),
        Field(
            "parents",
            TextTable(),
            "The coarser label above a value, or above another coarser label, into"
            " which small cells are merged; at most four steps high, and every label"
            " at one height above all its values.",
            default=TextTable.substitute,
            called=("hierarchy", "coarser"),
        ),
        _SOURCE,
    ),
)


def _measure_column(
    name: str,
    type: MeasureType,  # noqa: A002 - the field's name
    minimum: int | Decimal = 0,
    maximum: int | Decimal = 1,
    scale: int = 0,
    source: str | None = None,
) -> MeasureColumn:
    """Make a measure column; a boolean is a number from 0 to 1."""
    return MeasureColumn(
        name=name,
        type=type,
        minimum=Decimal(minimum),
        maximum=Decimal(maximum),
        scale=scale,
        source=source,
    )


def _bounds(*, whole: bool) -> tuple[Field, Field]:
    """Return the keys of a measure's bounds."""
    most = Decimal(LARGEST_UNITS)
    number = Number(Limits(minimum=-most, maximum=most, whole=whole))
    return (
        Field(
            "min",
            number,
            "Values below it count as it does.",
            into="minimum",
            called=("minimum", "lower"),
        ),
        Field(
            "max",
            number,
            "Values above it count as it does.",
            into="maximum",
            called=("maximum", "upper"),
        ),
    )


_SCALE = Field(
    "scale",
    Number(Limits(minimum=Decimal(0), maximum=Decimal(9), whole=True)),
    "Decimal places that are kept; the bounds are at most 1,000,000,000 units of the"
    " last one.",
    default=0,
    called=("decimals", "digits", "places"),
)

_MEASURE_COLUMN = Tagged(
    _measure_column,
    tag="measure",
    choice=described(MeasureType, NO_MEASURE_TYPES, MEASURE_TYPES),
    meaning="The type of a column that outputs may aggregate.",
    others={
        MeasureType.INT.value: (*_bounds(whole=True), _SOURCE),
        MeasureType.DECIMAL.value: (*_bounds(whole=False), _SCALE, _SOURCE),
        MeasureType.BOOLEAN.value: (_SOURCE,),
    },
    into="type",
)

COLUMN = OneKeyOf(
    {
        "subject": _SUBJECT_COLUMN,
        "dimension": _DIMENSION,
        "measure": _MEASURE_COLUMN,
    },
    called=ROLES,
)
"""A column of a shared table: a token, a dimension or a measure."""

"""A query: an output with every name resolved, as it is computed and judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import (
    Dimension,
    DimensionType,
    MeasureColumn,
)
from cleanroom_join.contract.terms.functions import FUNCTIONS
from cleanroom_join.contract.terms.functions.function import Argument, OutputType
from cleanroom_join.contract.terms.hierarchy_levels import levels_of
from cleanroom_join.contract.terms.value_facet import ValueFacet
from cleanroom_join.crypto.canonical_json import sha256_hex
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanroom_join.contract.terms.hierarchy_levels import Level
    from cleanroom_join.contract.terms.model import (
        Asset,
        LedgerTerms,
        Measure,
        Output,
    )

__all__ = [
    "COHORT_SIZE",
    "UNREGISTERED",
    "CountedSubject",
    "OutputColumn",
    "Query",
]

COHORT_SIZE = "cohort_size"
"""Column that every output has: distinct joined subjects behind the cell."""


UNREGISTERED = "unregistered"
"""Name of a query that is not registered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputColumn:
    """One column of an output table."""

    name: str
    type: OutputType


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedSubject:
    """A kind of subject in one column: the one joined on, or that of another column."""

    label: str
    """``card`` for the joined subject, ``asset.merchant`` for another."""
    asset: str
    column: str
    path: str = ""
    """
    Whose column it is and which; empty for the joined subject, since which
    subjects are joined is what the cell key and the fingerprints are made of.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """An output of a contract, resolved against its assets."""

    output: Output
    registered: bool
    """Whether both parties agreed to it in advance."""
    assets: tuple[Asset, ...]
    """In join order."""
    dimensions: tuple[Dimension, ...]
    """In the order of the cell labels."""
    columns: Mapping[str, MeasureColumn]
    """The measure columns that the measures read, by name."""
    subjects: tuple[CountedSubject, ...]
    """Every kind of subject that the guard counts; the joined one first."""
    every_dimension: Mapping[str, Dimension]
    """
    All dimensions of the contract by name in lower case, since earlier releases may
    have others.

    If tables declare one name differently, this query's dimension is taken.
    """
    single_label_dimensions: frozenset[str]
    """Names of those that have one label per joined subject in every table, alike."""
    ledger: LedgerTerms | None
    """Whose tables are whose follows from the party that keeps it."""

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of the cells: leaves, coarser cells, totals."""
        return levels_of(self.output, self.dimensions)

    @property
    def has_totals(self) -> bool:
        """Whether the query has totals; every dimension is text then."""
        return bool(self.output.totals)

    @property
    def figure_ids(self) -> tuple[str, ...]:
        """Function and argument of each figure of a row, whatever they are called."""
        of = (
            f"{m.function.value}:{self._argument_of(m)}" for m in self.output.measures
        )
        return (COHORT_SIZE, *of)

    @property
    def identity(self) -> str:
        """
        The digest of the query, 64 hexadecimal digits.

        It is about tables and columns; names and order do not count.  The same builder
        calls in another order are the same query, and so is the same output under
        another name, or after a revision that renames assets and kinds of subject.
        """
        output = self.output
        later = [self._token_columns(subject) for subject in output.then_on]
        return sha256_hex(
            {
                "join": sorted(map(self.table_of, self.assets)),
                "on": self._token_columns(output.on),
                **({"then_on": later} if later else {}),
                "group_by": sorted(map(self.path_of, output.group_by)),
                "measures": sorted(set(self.figure_ids)),
                "totals": sorted(
                    sorted(map(self.path_of, kept)) for kept in output.totals
                ),
            }
        )

    def _token_columns(self, subject: str) -> list[str]:
        """Return the paths of the columns that carry a kind of subject, sorted."""
        joined = [(a, a.token_column(subject)) for a in self.assets]
        return sorted(f"{self.table_of(a)}.{c.name.lower()}" for a, c in joined if c)

    @property
    def tables_in_order(self) -> tuple[Asset, ...]:
        """The joined tables in one order, whatever a revision calls or orders them."""
        return tuple(sorted(self.assets, key=self.table_of))

    @property
    def aliases(self) -> tuple[str, ...]:
        """
        The aliases of a joined subject that its fingerprints are taken of besides.

        None if the output joins on one kind of subject.  Otherwise each table knows a
        subject by the token that it trusts most, and by the one that it trusts least.
        The first table's most trusted one is the subject itself (`spark.room.identity`,
        `disclosure.model.signature`).
        """
        if not self.output.then_on:
            return ()
        first, second = map(self.table_of, self.tables_in_order)
        return f"{first}/last", f"{second}/first", f"{second}/last"

    @property
    def facet_columns(self) -> Mapping[str, str]:
        """
        The measure columns by their facets of a cell signature, in order.

        Two queries read the same values if they read the same column of the same table
        and clamp it to the same bounds; the facet is named after these (`ValueFacet`).
        """
        return {
            ValueFacet.of(self.path_of(name), column).name: name
            for name, column in self.columns.items()
        }

    def path_of(self, column: str) -> str:
        """
        Return whose column it is and which: ``keeper.shared.payments.amount``.

        It is what noise is drawn for and what releases are compared by, since it stays
        whatever a revision calls asset and party.  In lower case: names of tables and
        columns differ in more than case.
        """
        owner = next(asset for asset in self.assets if column in asset.columns)
        return f"{self.table_of(owner)}.{column}".lower()

    def table_of(self, asset: Asset) -> str:
        """Return `Asset.path` of a joined table."""
        return asset.path(self.ledger)

    def path_of_subject(self, label: str) -> str:
        """Return `CountedSubject.path` of a kind of subject."""
        return next(s.path for s in self.subjects if s.label == label)

    def _argument_of(self, measure: Measure) -> str:
        """Return the path of the column that a measure is about, if it is about one."""
        if measure.column is None:
            return ""
        if FUNCTIONS[measure.function].argument is Argument.SUBJECT:
            return self.counted(measure).path
        return self.path_of(measure.column)

    @property
    def single_label_indices(self) -> tuple[int, ...]:
        """
        Indices of the dimensions that have one label per joined subject.

        They come from tables with one row per subject, so no subject is in two leaves
        that differ in one of them.
        """
        unique = [a for a in self.assets if a.one_row_per == self.output.on]
        return tuple(
            index
            for index, dimension in enumerate(self.dimensions)
            if any(dimension.name in asset.columns for asset in unique)
        )

    @property
    def one_cell_per_subject(self) -> bool:
        """Whether every joined subject is in one leaf, so that counts are additive."""
        return len(self.single_label_indices) == len(self.dimensions)

    def counted(self, measure: Measure) -> CountedSubject:
        """Return the subject that a ``count_distinct`` counts."""
        if measure.column == self.output.on:
            return self.subjects[0]
        suffix = f".{measure.column}"
        return next(s for s in self.subjects[1:] if s.label.endswith(suffix))

    def schema(self) -> tuple[OutputColumn, ...]:
        """Return the columns of the output table, in order."""
        keys = tuple(
            OutputColumn(name=d.name, type=self._label_type(d)) for d in self.dimensions
        )
        figures = tuple(
            OutputColumn(name=m.name, type=FUNCTIONS[m.function].result)
            for m in self.output.measures
        )
        size = OutputColumn(name=COHORT_SIZE, type=OutputType.COUNT)
        return (*keys, size, *figures)

    def _label_type(self, dimension: Dimension) -> OutputType:
        """Return the type of a dimension's labels; with totals one of them is `ALL`."""
        if self.has_totals:
            return OutputType.STRING
        if dimension.type is DimensionType.BOOLEAN:
            return OutputType.BOOLEAN
        if dimension.type in (DimensionType.STRING, DimensionType.INT):
            return OutputType.STRING
        return assert_never(dimension.type)

"""Warnings about a dimension: values outside its domain, and labels of few rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median_low
from typing import TYPE_CHECKING

from cleanroom_join.contract import OTHER, DimensionType
from cleanroom_join.contract.terms.names import ANYTHING
from cleanroom_join.contract.terms.texts import imitates, readings, text_fault
from cleanroom_join.data_profile.contract_lines import domain_line
from cleanroom_join.data_profile.data_warning import MARGIN, DataWarning, Effect
from cleanroom_join.data_profile.fact_texts import labels_text, share_text
from cleanroom_join.errors import assert_never

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.contract import Asset, AssetTerms, Dimension
    from cleanroom_join.data_profile.column_facts import DimensionFacts
    from cleanroom_join.data_profile.contract_lines import ContractLine

__all__ = ["dimension_warnings"]

_LARGER = 10
"""So many times as many rows have the median label as NULL has where it is rare."""


def dimension_warnings(
    facts: DimensionFacts, terms: AssetTerms
) -> Iterator[DataWarning]:
    """Yield where the declared domain does not describe the rows."""
    few = MARGIN * terms.min_cohort
    if facts.rows < few:
        return  # the table as a whole is too small, and that has its own warning
    # The share of a measure outside its bounds that is too much is too much here: both
    # say that the contract describes other data.
    limit = terms.max_clamped_share * facts.rows
    rare = _Rare.of(facts, few)
    if facts.others >= few and MARGIN * facts.others >= limit:
        yield _outside(facts, terms)
        rare = replace(rare, others=0)
    if rare.labels or rare.nulls or rare.others:
        yield _rare(facts, rare, terms)


def _outside(facts: DimensionFacts, terms: AssetTerms) -> DataWarning:
    """Return the warning about values outside the domain, with labels to add."""
    dimension, k = facts.column, terms.min_cohort
    finding = (
        f"{share_text(facts.others, facts.rows)} of {facts.rows:,} rows"
        f" ({facts.others:,}) have a value outside the domain, and count together as"
        f" {OTHER}"
    )
    if not any(facts.counts):
        finding += "; no row has a declared value"
    frequent = [value.text for value in facts.frequent_others]
    alike = [text for text in frequent if _alike(text, dimension)]
    new = _new_labels(frequent, dimension)
    advice = []
    if alike:
        advice.append(
            f"Correct the spelling where the table is made: {labels_text(alike)} look"
            " like declared values."
        )
    if new:
        parents = ", with coarser labels under parents" if dimension.parents else ""
        advice.append(f"Add {labels_text(new)} to the domain{parents}.")
    if not advice:
        advice.append(
            "Compare the column with the contract: no value that at least"
            f" {k:,} subjects have could be a label."
        )
    return DataWarning(
        column=dimension.name,
        effect=Effect.MERGED,
        finding=f"{finding}.",
        advice=" ".join(advice),
        change=domain_line(terms.asset, dimension, (*dimension.values, *new))
        if new
        else None,
    )


def _alike(text: str, dimension: Dimension) -> bool:
    """Return whether a reader takes a text for a label of the dimension."""
    labels = (*dimension.values, *dimension.coarser_labels)
    return any(readings(text) & readings(label) for label in labels)


def _new_labels(frequent: Sequence[str], dimension: Dimension) -> list[str]:
    """Return the texts that the contract would accept as further values together."""
    found: list[str] = []
    for text in frequent:
        wider = replace(dimension, values=(*dimension.values, *found))
        if _is_label(text, wider):
            found.append(text)
    return found


def _is_label(text: str, dimension: Dimension) -> bool:
    """Return whether the contract would accept a text as one more value."""
    if dimension.type is DimensionType.INT:
        return abs(int(text)) < 2**53
    if dimension.type is DimensionType.STRING:
        return (
            ANYTHING.fits(text)
            and text_fault(text) is None
            and not imitates(text)
            and not _alike(text, dimension)
        )
    if dimension.type is DimensionType.BOOLEAN:
        return False
    return assert_never(dimension.type)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rare:
    """The labels of a dimension that some rows have, but few; rows by label."""

    typical: int
    """Rows of the median label."""
    labels: dict[str, int]
    nulls: int
    others: int

    @classmethod
    def of(cls, facts: DimensionFacts, few: int) -> _Rare:
        """
        Return the labels of fewer than *few* rows, and NULL and `OTHER` if rare.

        Both have nothing coarser above them.  So they are rare beside other labels too:
        where the cells of these are just large enough to be published, those of a label
        with a tenth of their rows are suppressed.
        """
        pairs = zip(facts.column.values, facts.counts, strict=True)
        # Suppressed values with a coarser label are merged into it by the guard.
        labels = {
            value: rows
            for value, rows in pairs
            if 0 < rows < few and value not in facts.column.parents
        }
        typical = median_low([rows for rows in facts.counts if rows] or [0])
        fewer = max(few, typical // _LARGER)
        return cls(
            typical=typical,
            labels=labels,
            nulls=facts.nulls if facts.nulls < fewer else 0,
            others=facts.others if facts.others < fewer else 0,
        )


def _rare(facts: DimensionFacts, rare: _Rare, terms: AssetTerms) -> DataWarning:
    """Return the warning about labels that few rows have."""
    dimension, k = facts.column, terms.min_cohort
    found = [f"{labels_text([label])} ({n:,})" for label, n in rare.labels.items()]
    if rare.others:
        found.insert(0, f"{OTHER} ({rare.others:,})")
    if rare.nulls:
        found.insert(0, f"NULL ({rare.nulls:,})")
    shown, more = found[:5], len(found) - 5
    names = ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
    advice = []
    if rare.nulls:
        advice.append(
            "Where the table is made, give rows without a value a label that other"
            " rows have, or leave them out."
        )
    line = _shorter_domain(facts, rare, terms.asset, MARGIN * k)
    if line is not None:
        advice.append(
            f"A domain without the rare labels counts them together as {OTHER}."
        )
    elif rare.labels and dimension.has_other:
        advice.append("Give rare labels a coarser label under parents.")
    elif rare.labels:
        advice.append("Leave the dimension out, or agree that some cells are absent.")
    if rare.others and line is None:
        advice.append(
            "Correct values outside the domain where the table is made, or leave their"
            " rows out."
        )
    return DataWarning(
        column=dimension.name,
        effect=Effect.SUPPRESSED,
        finding=f"few rows have {names}, and {rare.typical:,} have the median label;"
        f" the guard suppresses cells of fewer than {k:,} subjects, and other cells"
        " with them, so that no total reveals these.",
        advice=" ".join(advice),
        change=line,
    )


def _shorter_domain(
    facts: DimensionFacts, rare: _Rare, asset: Asset, few: int
) -> ContractLine | None:
    """Return the domain without its rare values, if `OTHER` then has enough rows."""
    dimension = facts.column
    together = facts.others + sum(rare.labels.values())
    kept = [value for value in dimension.values if value not in rare.labels]
    if not dimension.has_other or not rare.labels or not kept or together < few:
        return None
    return domain_line(asset, dimension, kept)

"""Why two parties' tokens do not match: every cause by name, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Cause", "Finding"]


class Cause(Enum):
    """A reason for missing matches; the values are stable."""

    OTHER_PARTNERSHIP = "other_partnership"
    OTHER_SPECIFICATION = "other_specification"
    OTHER_IDENTIFIER = "other_identifier"
    OTHER_KEY_ID = "other_key_id"
    WRONG_KEY = "wrong_key"
    TRAILING_BLANKS = "trailing_blanks"
    NOT_NORMALISED = "not_normalised"
    CASE_KEPT = "case_kept"
    ACCENTS_KEPT = "accents_kept"
    UNKEYED = "unkeyed"
    UNKNOWN_RECIPE = "unknown_recipe"
    ALREADY_HASHED = "already_hashed"
    SCIENTIFIC = "scientific_notation"
    DECIMAL_SUFFIX = "decimal_suffix"
    MASKED = "masked"
    MOJIBAKE = "mojibake"
    NO_COUNTRY_CODE = "country_code_missing"
    DAY_MONTH_SWAPPED = "day_month_swapped"
    LOST_ZEROS = "leading_zeros_lost"
    ZERO_PADDED = "zero_padded"
    WRONG_COLUMN = "wrong_column"
    MISSING_VALUES = "missing_values"
    DISJOINT = "disjoint_populations"

    @property
    def remedy(self) -> str:
        """What to do about it, in one sentence."""
        return _REMEDIES[self]


_REMEDIES = {
    Cause.OTHER_PARTNERSHIP: "Load the same contract on both sides: tokens of another"
    " partnership never match.",
    Cause.OTHER_SPECIFICATION: "Install the same version on both sides, and compare"
    " `cleanroom-join vectors check`.",
    Cause.OTHER_IDENTIFIER: "Load the same revision of the contract: the subject is"
    " made of other kinds.",
    Cause.OTHER_KEY_ID: "Tokenise both tables with the contract's active key.",
    Cause.WRONG_KEY: "Hand the key over again; `cleanroom-join key check` must print"
    " the same on both sides.",
    Cause.TRAILING_BLANKS: "Share what `tokenise` makes: this pipeline hashes the"
    " value with its blanks.",
    Cause.NOT_NORMALISED: "Share what `tokenise` makes: this pipeline hashes the"
    " value as it came.",
    Cause.CASE_KEPT: "Share what `tokenise` makes: this pipeline does not change the"
    " case of letters.",
    Cause.ACCENTS_KEPT: "Share what `tokenise` makes: this pipeline keeps accents, so"
    " composed and decomposed text differ.",
    Cause.UNKEYED: "Share what `tokenise` makes, and take these tokens back: without a"
    " key anybody can try all values.",
    Cause.UNKNOWN_RECIPE: "Share what `tokenise` makes: these tokens follow no rule"
    " that the doctor knows, perhaps a key used without derivation.",
    Cause.ALREADY_HASHED: "Take the identifier from before it was hashed.",
    Cause.SCIENTIFIC: "Export the column as text; the last digits are lost.",
    Cause.DECIMAL_SUFFIX: "Export the column as text; it was a number once.",
    Cause.MASKED: "Take the column that is not masked.",
    Cause.MOJIBAKE: "Read the file as UTF-8.",
    Cause.NO_COUNTRY_CODE: "Write numbers with + and calling code, or declare the"
    " column's country in the contract.",
    Cause.DAY_MONTH_SWAPPED: "Declare the column's date_format as it is written.",
    Cause.LOST_ZEROS: "Export the column as text: as a number it lost its zeros.",
    Cause.ZERO_PADDED: "Take the column as it was before zeros were put in front.",
    Cause.WRONG_COLUMN: "Look at the declared source column: these are no such"
    " identifiers.",
    Cause.MISSING_VALUES: "Ask the owner of the table why the column is empty.",
    Cause.DISJOINT: "Nothing is wrong with the tokens: compare what populations the"
    " two tables are drawn from.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One cause on one side, with what in the cards speaks for it."""

    cause: Cause
    party: str
    """Whose table it is, or an empty text if it concerns both."""
    column: str
    share: float
    """Share of the rows or tokens it spoils, 0 to 1."""
    evidence: str
    """What the cards say, in one sentence; shares only."""

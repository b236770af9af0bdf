"""Why two parties' tokens do not match: every cause by name, with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Finding", "MismatchCause"]


class MismatchCause(Enum):
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
    UNKNOWN_VARIANT = "unknown_variant"
    ALREADY_HASHED = "already_hashed"
    NOT_HASHED = "not_hashed"
    OTHER_HASH = "other_hash"
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
        """Return what to do about it, in one sentence."""
        return _REMEDIES[self]


_REMEDIES = {
    MismatchCause.OTHER_PARTNERSHIP: "Load the same contract on both sides: tokens of"
    " another partnership never match.",
    MismatchCause.OTHER_SPECIFICATION: "Install the same version on both sides, and"
    " compare `cleanroom-join vectors check`.",
    MismatchCause.OTHER_IDENTIFIER: "Load the same revision of the contract: here the"
    " subject has other kinds.",
    MismatchCause.OTHER_KEY_ID: "Tokenise both tables with the contract's active key.",
    MismatchCause.WRONG_KEY: "Hand the key over again; `cleanroom-join key check` must"
    " print the same on both sides.",
    MismatchCause.TRAILING_BLANKS: "Share what `tokenise` makes: this pipeline hashes"
    " the value with its blanks.",
    MismatchCause.NOT_NORMALISED: "Share what `tokenise` makes: this pipeline hashes"
    " the raw value.",
    MismatchCause.CASE_KEPT: "Share what `tokenise` makes: this pipeline does not"
    " change the case of letters.",
    MismatchCause.ACCENTS_KEPT: "Share what `tokenise` makes: this pipeline keeps"
    " accents, so composed and decomposed text differ.",
    MismatchCause.UNKEYED: "Share what `tokenise` makes, and take these tokens back:"
    " without a key anybody can try all values.",
    MismatchCause.UNKNOWN_VARIANT: "Share what `tokenise` makes: these tokens follow no"
    " rule that the doctor knows; perhaps the key is used without derivation.",
    MismatchCause.ALREADY_HASHED: "Take the identifier from before it was hashed; if"
    " it has a published hash only, the subject's kind names that hash, and this column"
    ' says holds = "hash".',
    MismatchCause.NOT_HASHED: 'Take the column of hashes, or leave holds = "hash" out:'
    " identifiers are hashed here.",
    MismatchCause.OTHER_HASH: "Take a column of SHA-256: from another hash nobody can"
    " make it.",
    MismatchCause.SCIENTIFIC: "Export the column as text; the last digits are lost.",
    MismatchCause.DECIMAL_SUFFIX: "Export the column as text; it was a number once.",
    MismatchCause.MASKED: "Take the column that is not masked.",
    MismatchCause.MOJIBAKE: "Read the file as UTF-8.",
    MismatchCause.NO_COUNTRY_CODE: "Write numbers with + and calling code, or declare"
    " the column's country in the contract.",
    MismatchCause.DAY_MONTH_SWAPPED: "Declare the date_format in which the column is"
    " written.",
    MismatchCause.LOST_ZEROS: "Export the column as text: as a number it lost its"
    " zeros.",
    MismatchCause.ZERO_PADDED: "Take the column from before zeros were put in front.",
    MismatchCause.WRONG_COLUMN: "Check the declared source column: its values are not"
    " identifiers of this kind.",
    MismatchCause.MISSING_VALUES: "Ask the owner of the table why the column is empty.",
    MismatchCause.DISJOINT: "The tokens are right: compare which populations the two"
    " tables are drawn from.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One cause on one side, with the evidence that the manifests give for it."""

    cause: MismatchCause
    party: str
    """The party whose table it is, or an empty text if it concerns both."""
    column: str
    share: float
    """Share of the rows or tokens that it spoils, 0 to 1."""
    evidence: str
    """What the manifests show, in one sentence; shares only."""

"""Why two parties' tokens do not match: every cause by name, with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Clue", "Finding", "MismatchCause", "percent"]


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
    NOT_RANDOM = "tokens_not_random"
    ALREADY_HASHED = "already_hashed"
    NOT_HASHED = "not_hashed"
    OTHER_HASH = "other_hash"
    SCIENTIFIC = "scientific_notation"
    DECIMAL_SUFFIX = "decimal_suffix"
    MASKED = "masked"
    MOJIBAKE = "mojibake"
    NO_COUNTRY_CODE = "country_code_missing"
    OTHER_COUNTRY = "other_country"
    TRUNK_ZERO = "trunk_zero_kept"
    INTERNATIONAL_PREFIX = "international_prefix"
    EXTENSIONS = "extensions"
    LOST_SEPARATORS = "separators_lost"
    UNDECLARED_COUNTRY = "country_undeclared"
    DAY_MONTH_SWAPPED = "day_month_swapped"
    OTHER_DATE_FORMAT = "other_date_format"
    TIME_OF_DAY = "time_of_day"
    TWO_DIGIT_YEARS = "two_digit_years"
    ONE_DAY = "one_day_too_frequent"
    LOST_ZEROS = "leading_zeros_lost"
    ZERO_PADDED = "zero_padded"
    MINUS_SIGNS = "minus_signs"
    ROUNDED = "rounded_numbers"
    TRUNCATED = "truncated"
    OTHER_LENGTH = "other_length"
    OTHER_ALPHABET = "other_alphabet"
    WRONG_COLUMN = "wrong_column"
    ROWS_REFUSED = "rows_refused"
    MISSING_VALUES = "missing_values"
    NULL_WORDS = "null_words"
    PLACEHOLDERS = "placeholders"
    OUTSIDE_CONTRACT = "values_outside_contract"
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
    MismatchCause.NOT_RANDOM: "Share what `tokenise` makes: these tokens are not spread"
    " as those of an HMAC are.",
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
    MismatchCause.OTHER_COUNTRY: "Declare in the contract the country in which the"
    " column's numbers are dialled, or write them with + and calling code.",
    MismatchCause.TRUNK_ZERO: "Write numbers without the zero behind the calling code,"
    " or as they are dialled at home.",
    MismatchCause.INTERNATIONAL_PREFIX: "Write + instead of the digits that one dials"
    " for it: they differ by country.",
    MismatchCause.EXTENSIONS: "Cut the extension off, or take a column without it.",
    MismatchCause.LOST_SEPARATORS: "Export registrations with the blank or dash behind"
    " the district: without it two cars are written alike.",
    MismatchCause.UNDECLARED_COUNTRY: "Declare the column's country in the contract.",
    MismatchCause.DAY_MONTH_SWAPPED: "Declare the date_format in which the column is"
    " written.",
    MismatchCause.OTHER_DATE_FORMAT: "Declare the date_format in which the column is"
    " written, or cast it to DATE.",
    MismatchCause.TIME_OF_DAY: "Cast the column to DATE in the time zone in which the"
    " day was written down.",
    MismatchCause.TWO_DIGIT_YEARS: "Export four digits of the year: a program guessed"
    " the century.",
    MismatchCause.ONE_DAY: "Ask the owner what this day stands for; set it to NULL if"
    " it stands for no date.",
    MismatchCause.LOST_ZEROS: "Export the column as text: as a number it lost its"
    " zeros.",
    MismatchCause.ZERO_PADDED: "Take the column from before zeros were put in front.",
    MismatchCause.MINUS_SIGNS: "Export the column as text: a number too large for its"
    " type became negative, or the sign is a packed decimal's.",
    MismatchCause.ROUNDED: "Export the column as text: a floating-point number or a"
    " spreadsheet has changed the last digits.",
    MismatchCause.TRUNCATED: "Take a column that is wide enough: longer values are cut"
    " off.",
    MismatchCause.OTHER_LENGTH: "Agree on one form of the identifier: the whole, with"
    " century, country and check digits, or a part that both sides have.",
    MismatchCause.OTHER_ALPHABET: "Agree on one alphabet; this kind has Latin letters.",
    MismatchCause.WRONG_COLUMN: "Check the declared source column: its values are not"
    " identifiers of this kind.",
    MismatchCause.ROWS_REFUSED: "Look the reason up in the token specification; the"
    " owner of the table can list its rows.",
    MismatchCause.MISSING_VALUES: "Ask the owner of the table why the column is empty.",
    MismatchCause.NULL_WORDS: "Export NULL as NULL; if the words are people's names,"
    " ask for another spelling.",
    MismatchCause.PLACEHOLDERS: "Ask the owner of the table which rows have no real"
    " value.",
    MismatchCause.OUTSIDE_CONTRACT: "Compare the labels and bounds of the contract with"
    " the column: case, blanks, and units.",
    MismatchCause.DISJOINT: "The manifests show no other cause, which is no proof that"
    " there is none: compare which populations the two tables are drawn from, and look"
    " up ten subjects that both tables should have.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Clue:
    """What a rule sees in one raw column."""

    cause: MismatchCause
    share: float
    """Share of the rows or tokens that it spoils, 0 to 1."""
    evidence: str
    """What the manifests show, in one sentence; shares only."""
    explains: frozenset[MismatchCause] = frozenset()
    """Causes that say less about the same rows."""
    mutual: bool = False
    """Whether the sides differ, and nothing shows which one is wrong."""


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


def percent(share: float) -> str:
    """Return a share as a percentage that a reader takes in at once."""
    return f"{100 * share:.0f} %" if share >= 0.01 or not share else "under 1 %"  # noqa: PLR2004 - 1 %

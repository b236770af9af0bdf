"""
What people write in a contract that it does not take, and what was meant.

The words of other tools, of databases and of everyday language, in lower case.  An
error suggests what was meant, or says what to do where nothing fits.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "KINDS",
    "MEASURE_TYPES",
    "NO_DOMAINS",
    "NO_FUNCTIONS",
    "NO_MEASURE_TYPES",
    "NO_PROTECTIONS",
    "OUTPUT_FUNCTIONS",
    "PROTECTIONS",
    "ROLES",
    "SETTING_NAMES",
]


def _words(meant: Mapping[str, str]) -> Mapping[str, str]:
    """Return what is meant by each word; several words stand in one text."""
    return MappingProxyType(
        {word: text for words, text in meant.items() for word in words.split()}
    )


KINDS = _words(
    {
        "card card_number credit_card": "pan",
        "mail e-mail email_address mailbox": "email",
        "telephone mobile msisdn phone_number": "phone",
        "surname first_name last_name given_name": "name",
        "dob birthday birth_date birthdate": "date_of_birth",
        "zip zip5 zip_code postcode_us": "postcode_us5",
        "postcode postal_code plz": "postcode_alnum",
        "id national_id customer_id ssn": "account",
        "idfa gaid maid uuid device": "device_id",
        "plate number_plate tail_number": "registration",
    }
)
"""Kinds of identifiers."""

ROLES = _words(
    {
        "domain group values category label": "dimension",
        "metric number aggregate": "measure",
        "identifier token kind key": "subject",
    }
)
"""The key that says what a column is."""

MEASURE_TYPES = _words(
    {
        "integer bigint long whole": "int",
        "float double number numeric": "decimal",
        "bool flag": "boolean",
    }
)
"""Types of measure columns."""

NO_MEASURE_TYPES = _words(
    {
        "date datetime timestamp string text": (
            "; only numbers are aggregated: group by it as a dimension, of a date by"
            " its month"
        )
    }
)
"""Types that no measure column has."""

NO_DOMAINS = _words(
    {
        "date datetime timestamp month year": (
            "; of a date group by its month: name a raw column that has it, such as"
            ' "2026-01", and list the months that may occur'
        ),
        "bool flag true false": '; did you mean "boolean"?',
    }
)
"""Texts that are no domain of a dimension."""

OUTPUT_FUNCTIONS = _words(
    {
        "avg average": "mean",
        "share percentage percent proportion ratio": "rate",
        "total add": "sum",
        "distinct countdistinct nunique unique count_unique": "count_distinct",
        "rows size n number": "count",
    }
)
"""Functions of an output."""

NO_FUNCTIONS = _words(
    {
        "median percentile quantile mode": (
            "; a quantile is the value of one subject: take the mean"
        ),
        "min max minimum maximum first last": (
            "; an extreme is the value of one subject: take the mean"
        ),
        "std stddev variance var": "; no function of this version measures spread",
    }
)
"""Functions that no output has."""

PROTECTIONS = _words({"noise noisy cell_key": "perturbed"})
"""Kinds of protection."""

NO_PROTECTIONS = _words(
    {
        "dp differential_privacy laplace gaussian": (
            "; differential privacy is not in this version"
        )
    }
)
"""Kinds of protection that there are not."""

SETTING_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "min_cohort": ("k", "threshold", "cohort", "cohort_size", "k_anonymity"),
        "min_opposite": ("m", "opposite"),
        "l_diversity": ("l", "diversity"),
        "max_clamped_share": ("clamped", "clamped_share"),
        "dominance_share": ("k_percent",),
        "dominance_p": ("p",),
        "count_base": ("base", "round", "rounding_base"),
        "perturbation_variance": ("noise_variance",),
        "contribution_rows": ("max_rows", "rows_per_subject"),
        "max_releases": ("max_releases",),
        "max_releases_a_month": ("monthly", "month"),
        "min_match_rate": ("match_rate",),
    }
)
"""Settings of the policy, by their field of `Policy`."""

"""
Countries that a contract may declare, by ISO 3166-1 alpha-2.

Their rules are the token specification's, and only a party's own workspace has them: a
clean room reads contracts and makes no token.  ``tools/make_countries.py`` writes the
codes from `tokens.tables`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COUNTRIES", "OFTEN_WRITTEN"]

_CODES = """
AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN
BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE
DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM
GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE
KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH
MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ
OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW
TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""

COUNTRIES = tuple(_CODES.split())
"""ISO 3166-1 alpha-2 codes of the countries with a rule."""

OFTEN_WRITTEN: Mapping[str, str] = MappingProxyType(
    {
        "UK": "GB",
        "EN": "GB",
        "GBR": "GB",
        "UNITED KINGDOM": "GB",
        "EL": "GR",
        "GRC": "GR",
        "USA": "US",
        "DEU": "DE",
        "GER": "DE",
        "GERMANY": "DE",
        "AUT": "AT",
        "CHE": "CH",
        "FRA": "FR",
        "ESP": "ES",
        "ITA": "IT",
        "NLD": "NL",
        "BEL": "BE",
        "POL": "PL",
        "IRL": "IE",
        "SWE": "SE",
        "CAN": "CA",
        "AUS": "AU",
        "JPN": "JP",
        "IND": "IN",
        "BRA": "BR",
    }
)
"""What people write for a country's code, in upper case, and the code."""

"""
Compare the telephone table country_v1 with the metadata of `phonenumbers`.

Calling codes, trunk prefixes, international prefixes, numbers of digits and first
digits are facts that both have; where the table says something else, the reason
stands here.  Prints every other difference and exits with 1 if there is one: a new
version of the metadata tells what has changed in the world.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import phonenumbers
from phonenumbers import PhoneMetadata

from cleanroom_join.tokens.tables import COUNTRIES, PLANS

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 15
"""Digits of an international number (ITU-T E.164)."""

TRUNKS = {
    "BY": ("80", "the zero after 8 is no part of the number either"),
    "CO": ("", "given up in 2021"),
    "GA": ("0", "before eight digits; written, though not called a prefix"),
}
"""Countries with another trunk prefix in the table, and why."""

PREFIXES = {
    "BO": "the prefix 00 is the beginning of those with a carrier",
    "CV": "the prefix 0 is the beginning of 00",
    "HK": "00 would be the beginning of 001",
    "SC": "the prefix 01 is the beginning of 010",
    "WS": "the prefix 0 is the beginning of 00",
}
"""Countries with other international prefixes in the table, and why."""

DIGITS = {
    "1": "seven digits are local",
    "7": "fourteen digits are a service's",
    "247": "six digits may begin with zero, and five cannot then",
    "375": "shorter ones are local, longer ones a service's",
    "47": "five digits are a service's",
    "853": "seven digits are a service's, with zero in front",
}
"""Plans with other numbers of digits in the table, and why."""

ZEROS = {
    **dict.fromkeys(("62", "81", "82", "598"), "free numbers that begin with 00"),
    **dict.fromkeys(("66", "91", "359", "507", "974"), "free numbers of 00 or 000"),
    **dict.fromkeys(("267", "268", "501", "676", "679", "853"), "free 0800 numbers"),
    "47": "five digits are a service's",
    "247": "six digits are a service's",
    "672": "local numbers without their first digit",
    "687": "free numbers of 05",
    "881": "reserved",
}
"""Plans whose numbers begin with zero in the metadata only, and why."""


def differences() -> list[str]:
    """Return what table and metadata say differently and nobody has explained."""
    return [*_countries(), *_plans()]


def _countries() -> Iterator[str]:
    """Yield the differences between countries."""
    regions = phonenumbers.SUPPORTED_REGIONS
    yield from (f"{name}: only one has it" for name in regions ^ set(COUNTRIES))
    for name in sorted(regions & set(COUNTRIES)):
        ours, theirs = COUNTRIES[name], PhoneMetadata.metadata_for_region(name)
        if ours.code != str(theirs.country_code):
            yield f"{name}: calling code {theirs.country_code}"
        trunk = TRUNKS[name][0] if name in TRUNKS else theirs.national_prefix or ""
        if ours.trunk != trunk:
            yield f"{name}: trunk prefix {theirs.national_prefix}"
        dialled = set(expanded(theirs.international_prefix))
        known = set(expanded(ours.idd)) if ours.idd else set()
        if known != dialled and (name not in PREFIXES or not known <= dialled):
            yield f"{name}: international prefixes {sorted(dialled ^ known)}"
        like_00 = "00" not in known and any(re.match("00[2-9]", p) for p in known)
        if ours.ambiguous != like_00:
            yield f"{name}: ambiguous {like_00}"
        if any(a != b and b.startswith(a) for a in known for b in known):
            yield f"{name}: one international prefix is the beginning of another"


def _plans() -> Iterator[str]:
    """Yield the differences between numbering plans."""
    theirs: dict[str, list[Any]] = {}
    for name in phonenumbers.SUPPORTED_REGIONS:
        data = PhoneMetadata.metadata_for_region(name)
        theirs.setdefault(str(data.country_code), []).append(data.general_desc)
    for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        data = PhoneMetadata.metadata_for_nongeo_region(code)
        theirs.setdefault(str(code), []).append(data.general_desc)
    yield from (f"+{code}: only one has it" for code in theirs.keys() ^ PLANS.keys())
    for code in sorted(theirs.keys() & PLANS.keys()):
        plan = PLANS[code]
        known = {n for a, b in plan.digits for n in range(a, b + 1)}
        digits = {n for one in theirs[code] for n in one.possible_length}
        digits = {n for n in digits if n + len(code) <= MOST}
        if known != digits and (code not in DIGITS or not known <= digits):
            yield f"+{code}: numbers of {sorted(digits)} digits"
        begins = re.compile(f"[{plan.first}]")
        first = {
            digit
            for one in theirs[code]
            for digit in firsts(one.national_number_pattern)
        }
        surprising = {digit for digit in first if not begins.match(digit)}
        if surprising - ({"0"} if code in ZEROS else set()):
            yield f"+{code}: numbers that begin with {sorted(surprising)}"


def expanded(pattern: str) -> list[str]:
    r"""
    Return every text that a pattern matches; it has no repetition without end.

    Only what such patterns use is read: literals, classes, ``\d``, groups that capture
    nothing, alternatives and ``?``.
    """
    texts, rest = _alternatives(pattern.replace(r"\d", "[0-9]"))
    assert not rest, "not a whole pattern"
    return sorted(set(texts))


def _alternatives(pattern: str) -> tuple[list[str], str]:
    """Return the texts of alternatives, and the pattern behind them."""
    texts: list[str] = []
    so_far = [""]
    while pattern and not pattern.startswith(")"):
        if pattern.startswith("|"):
            texts, so_far, pattern = [*texts, *so_far], [""], pattern[1:]
            continue
        if pattern.startswith("(?:"):
            found, pattern = _alternatives(pattern[3:])
            pattern = pattern[1:]
        elif pattern.startswith("["):
            inside, _, pattern = pattern[1:].partition("]")
            found = [d for d in "0123456789" if re.match(f"[{inside}]", d)]
        else:
            found, pattern = [pattern[0]], pattern[1:]
            assert found[0].isdigit(), "an operation that prefixes do not use"
        if pattern.startswith("?"):
            found, pattern = ["", *found], pattern[1:]
        so_far = [before + after for before in so_far for after in found]
    return [*texts, *so_far], pattern


def firsts(pattern: str) -> set[str]:
    """Return the digits with which a matching text may begin."""
    found: set[str] = set()
    at_start, before_group = True, [True]
    for part in re.findall(r"\(\?:|\(|\)|\||\[[^]]*\]|\\d|\{[^}]*\}|.", pattern):
        if part in {"(", "(?:"}:
            before_group.append(at_start)
        elif part == ")":
            before_group.pop()
            at_start = False
        elif part == "|":
            at_start = before_group[-1]
        elif at_start:
            found |= {digit for digit in "0123456789" if re.match(part, digit)}
            at_start = False
    return found


def main() -> int:
    """Print the differences."""
    found = differences()
    print("\n".join(found) or "country_v1 says what the metadata says")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

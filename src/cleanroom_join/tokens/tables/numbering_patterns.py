"""
Regular expressions for telephone numbers, made of the plans of `country_v1`.

They use what `tokens.steps` allows, so every engine reads them alike.  Codes with a
common beginning share it, which is several times faster than a list of all codes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.tokens.tables import ASCII_DIGITS, PLANS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cleanroom_join.tokens.tables import Lengths

__all__ = [
    "BEHIND_00",
    "IMPOSSIBLE",
    "POSSIBLE",
    "SPECIFICATION_NAMES",
    "SURPLUS_TRUNK",
    "TRUNK",
    "number_pattern",
]


def _either(patterns: Iterable[str]) -> str:
    """Return a pattern for one of several."""
    (first, *others) = patterns
    return f"(?:{'|'.join([first, *others])})" if others else first


def number_pattern(lengths: Lengths, first: str) -> str:
    """Return a pattern of so many digits that begin with one of the range *first*."""
    rest = (
        f"{{{fewest - 1}}}" if fewest == most else f"{{{fewest - 1},{most - 1}}}"
        for fewest, most in lengths
    )
    return _either(f"[{first}][0-9]{one}" for one in rest)


def _after_codes(patterns: Mapping[str, str]) -> str:
    """Return a pattern for any of the codes, each followed by its own pattern."""
    by_digit: dict[str, dict[str, str]] = {}
    for code, pattern in patterns.items():
        if not code:  # no code is the beginning of another
            return pattern
        by_digit.setdefault(code[0], {})[code[1:]] = pattern
    digits: dict[str, str] = {}
    for digit, longer in sorted(by_digit.items()):
        after = _after_codes(longer)
        digits[after] = digits.get(after, "") + digit
    return _either(_one_of(some) + after for after, some in digits.items())


def _one_of(digits: str) -> str:
    """Return a pattern for one of some digits, given in order."""
    if len(digits) == 1:
        return digits
    runs: list[str] = []
    for digit in digits:
        if runs and int(digit) == int(runs[-1][-1]) + 1:
            runs[-1] += digit
        else:
            runs.append(digit)
    spans = (f"{run[0]}-{run[-1]}" if len(run) > 2 else run for run in runs)  # noqa: PLR2004 - shorter as they are
    return f"[{''.join(spans)}]"


def _unassigned(start: str = "") -> Iterator[str]:
    """Yield the shortest digits with which no calling code begins."""
    for digit in ASCII_DIGITS:
        code = start + digit
        if not any(known.startswith(code) for known in PLANS):
            yield code
        elif code not in PLANS:
            yield from _unassigned(code)


def _allows(first: str, digit: str) -> bool:
    """Return whether *digit* is in a range such as ``1-9``."""
    return first[0] <= digit <= first[-1]


def _other_first(first: str) -> str:
    """Return the digits with which no number of a plan begins."""
    return "".join(digit for digit in ASCII_DIGITS if not _allows(first, digit))


_BY_CODE = {
    code: number_pattern(plan.digits, plan.first) for code, plan in PLANS.items()
}
POSSIBLE = "[+]" + _after_codes(_BY_CODE)
"""Numbers as their plans have them."""

IMPOSSIBLE = "[0-9+]+[+][0-9+]*|[+]" + _after_codes(
    {
        **dict.fromkeys(_unassigned(), "[0-9]*"),
        **{
            code: f"[{_other_first(plan.first)}][0-9]*"
            for code, plan in PLANS.items()
            if _other_first(plan.first)
        },
    }
)
"""What no plan has, however many digits there are."""

BEHIND_00 = "00" + _after_codes({c: n for c, n in _BY_CODE.items() if c != "1"})
"""
What most of the world dials for a possible number; without the code 1.

Behind 001 a declared country that dials that is believed.
"""


def _behind(codes: Iterable[str], trunk: Iterable[str]) -> str:
    """Return a pattern that keeps a calling code and not the trunk prefix after it."""
    return f"([+]{_after_codes(dict.fromkeys(codes, ''))}){_either(trunk)}"


def _before_trunk() -> str:
    """Return a pattern for trunk prefixes with which no number begins."""
    codes: dict[tuple[str, ...], list[str]] = {}
    for code, plan in PLANS.items():
        trunk = tuple(t for t in plan.trunk if not _allows(plan.first, t[0]))
        if trunk:
            codes.setdefault(trunk, []).append(code)
    before = _either(_behind(some, trunk) for trunk, some in codes.items())
    return f"{before}([1-9][0-9]*)"


def _before_surplus_trunk() -> str:
    """Return a pattern for trunk prefixes that make a number too long."""
    codes: dict[Lengths, dict[str, list[str]]] = {}
    for code, plan in PLANS.items():
        fits = {n for fewest, most in plan.digits for n in range(fewest, most + 1)}
        for trunk in plan.trunk:
            if _allows(plan.first, trunk[0]):
                kept = tuple((n, n) for n in sorted(fits) if n + len(trunk) not in fits)
                codes.setdefault(kept, {}).setdefault(trunk, []).append(code)
    return "|".join(
        _either(_behind(some, [trunk]) for trunk, some in by_trunk.items())
        + f"({number_pattern(kept, '1-9')})"
        for kept, by_trunk in codes.items()
    )


SURPLUS_TRUNK = _before_surplus_trunk()
"""A number with a trunk prefix that makes it too long; the prefix is in no group."""

TRUNK = _before_trunk()
"""A number with a trunk prefix that no number has; the prefix is in no group."""

SPECIFICATION_NAMES: Mapping[str, str] = MappingProxyType(
    {
        SURPLUS_TRUNK: "surplus trunk",
        TRUNK: "trunk",
        IMPOSSIBLE: "impossible",
        POSSIBLE: "possible",
    }
)
"""What the specification calls the patterns that its table gives."""

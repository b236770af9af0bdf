"""
Telephone numbers in E.164.

A number with `+` is read by the numbering plan of its calling code (`country_v1`):
how many digits follow, and with which they may begin. A trunk prefix after the code,
in brackets or not, is dropped where no number of the plan can be meant with it, and
kept where numbers begin with that digit (Italy, Ivory Coast, Gabon, Congo and others).

A number without `+` needs the column's `country`: its international prefix (`00`,
`011`, `0011`, ...) is `+` and its national numbers get its calling code. Without a
country nothing is `+` except `+`: `00` is dialled for it in most countries only, and
in others `001` is, so that one text is two subscribers' number.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.tokens.kinds.capital_steps import CAPITALS, NOT_AN_IDENTIFIER
from cleanroom_join.tokens.kinds.kind import (
    ColumnOption,
    DeclaredSteps,
    Example,
    KindSpec,
)
from cleanroom_join.tokens.steps import (
    Delete,
    Rearrange,
    Reason,
    RejectIfIn,
    RejectIfMatches,
    RejectUnlessCharset,
    RejectUnlessLength,
    RejectUnlessMatches,
    Translate,
)
from cleanroom_join.tokens.tables import ASCII_DIGITS, COUNTRIES, PLANS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cleanroom_join.tokens.steps import Step
    from cleanroom_join.tokens.tables import Country, Lengths

__all__ = ["KIND", "TABLE_PATTERNS"]

# --- Patterns from the table ----------------------------------------------------


def _either(patterns: Iterable[str]) -> str:
    """Return a pattern for one of several."""
    (first, *others) = patterns
    return f"(?:{'|'.join([first, *others])})" if others else first


def _number(lengths: Lengths, first: str) -> str:
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
    return _either(
        _one_of(some) + after for after, some in digits.items()
    )


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


_NUMBERS = {code: _number(plan.digits, plan.first) for code, plan in PLANS.items()}
_POSSIBLE = "[+]" + _after_codes(_NUMBERS)
"""Numbers as their plans have them."""

_IMPOSSIBLE = "[0-9+]+[+][0-9+]*|[+]" + _after_codes(
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


def _numbered(pattern: str) -> Rearrange:
    """Return the step that keeps what the groups of a pattern match."""
    groups = pattern.count("(") - pattern.count("(?:")
    template = "".join(f"${number}" for number in range(1, groups + 1))
    return Rearrange(pattern=pattern, template=template)


def _behind(codes: Iterable[str], trunk: Iterable[str]) -> str:
    """Return a pattern that keeps a calling code and not the trunk prefix after it."""
    return f"([+]{_after_codes(dict.fromkeys(codes, ''))}){_either(trunk)}"


def _without_trunk() -> Rearrange:
    """Return the step that drops trunk prefixes with which no number begins."""
    codes: dict[tuple[str, ...], list[str]] = {}
    for code, plan in PLANS.items():
        trunk = tuple(t for t in plan.trunk if not _allows(plan.first, t[0]))
        if trunk:
            codes.setdefault(trunk, []).append(code)
    before = _either(_behind(some, trunk) for trunk, some in codes.items())
    return _numbered(f"{before}([1-9][0-9]*)")


def _without_surplus_trunk() -> Rearrange:
    """Return the step that drops trunk prefixes that make a number too long."""
    codes: dict[Lengths, dict[str, list[str]]] = {}
    for code, plan in PLANS.items():
        fits = {n for fewest, most in plan.digits for n in range(fewest, most + 1)}
        for trunk in plan.trunk:
            if _allows(plan.first, trunk[0]):
                kept = tuple((n, n) for n in sorted(fits) if n + len(trunk) not in fits)
                codes.setdefault(kept, {}).setdefault(trunk, []).append(code)
    return _numbered(
        "|".join(
            _either(_behind(some, [trunk]) for trunk, some in by_trunk.items())
            + f"({_number(kept, '1-9')})"
            for kept, by_trunk in codes.items()
        )
    )


_SURPLUS_TRUNK = _without_surplus_trunk()
_TRUNK = _without_trunk()

TABLE_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        _SURPLUS_TRUNK.pattern: "surplus trunk",
        _TRUNK.pattern: "trunk",
        _IMPOSSIBLE: "impossible",
        _POSSIBLE: "possible",
    }
)
"""What the specification calls the patterns that its table gives."""

# --- A declared country ---------------------------------------------------------

# Calling codes 1 and 7 have ten digits; no trunk prefix follows an international one.
_ABROAD = "1[2-9][0-9]{9}|7[0-9]{10}|[2-689][0-9]{6,14}"
"""What is dialled after an international prefix."""

_BEHIND_00 = "00" + _after_codes({c: n for c, n in _NUMBERS.items() if c != "1"})
"""What most of the world dials; behind 001 the declared country is believed."""


_ONE_DIGIT = "|".join(digit + "{4,}" for digit in ASCII_DIGITS)
"""One digit, repeated: no national number."""


def _explained(pattern: str, reason: Reason) -> RejectIfMatches:
    """Return a check that only says why the last check would refuse a text."""
    return RejectIfMatches(pattern=pattern, reason=reason, explains=True)


def _declared(country: Country) -> tuple[Step, ...]:
    """Return the steps for numbers as one country writes and dials them."""
    first = PLANS[country.code].first
    steps: list[Step] = []
    if country.ambiguous:
        steps.append(RejectIfMatches(pattern=_BEHIND_00, reason=Reason.WRONG_COUNTRY))
    if country.idd:
        steps.append(Rearrange(pattern=f"{country.idd}({_ABROAD})", template="+$1"))
    written = []
    if country.trunk:
        written.append(f"{country.trunk}({_number(country.digits, first)})")
    if country.bare:
        written.append(f"({_number(country.bare, first)})")
    if written:
        groups = "$1$2"[: 2 * len(written)]
        pattern, template = "|".join(written), f"+{country.code}{groups}"
        steps.append(Rearrange(pattern=pattern, template=template))
    steps.append(_explained(_ONE_DIGIT, Reason.PLACEHOLDER))
    if country.trunk.startswith("0") and not country.bare:
        lost = country.trunk[1:] + _number(country.digits, first)
        # The country's own code without "+" is no lost zero.
        steps.append(_explained(f"{country.code}[0-9]+", Reason.WRONG_COUNTRY))
        steps.append(_explained(lost, Reason.LOST_ZERO))
    return (*steps, _explained("[0-9]+", Reason.WRONG_COUNTRY))


# --- The kind -------------------------------------------------------------------

_DIALLED: tuple[Step, ...] = (
    *CAPITALS,
    Translate(source="\uff0b", target="+"),
    # RFC 3966, 5.1.4; and DIN 5008's 030/1234567: one slash, directly after a trunk
    # zero and an area code.  Any other slash separates two numbers or an extension.
    Rearrange(
        pattern="TEL:([+][0-9().]+)"
        "|((?:[+][1-9][0-9]{0,2})?[(]?0[)]?[1-9][0-9]{0,4}[)]?)/([0-9().]{5,})",
        template="$1$2$3",
    ),
    *NOT_AN_IDENTIFIER,
    _explained("[0-9]+(?:[.,][0-9]*)?E[+]?[0-9]+", Reason.SCIENTIFIC),
    # Before dots are deleted; 447911123456.0 was a number once.
    RejectIfMatches(pattern="[+]?[0-9]{6,}[.,]0*", reason=Reason.DECIMAL_SUFFIX),
    _explained(
        "(?:TEL:)?[+]?[0-9().]{8,}(?:[X#/,;&]|[;]?EXT[N]?[.:=]?|EXTENSION)[+]?[0-9()./]+",
        Reason.EXTENSION,
    ),
    _explained("[0-9().+]*[X*#][0-9().X*#]*", Reason.MASKED),
    # Longer than any number with its brackets, as long as a digest.
    RejectUnlessLength(minimum=1, maximum=39, reason=Reason.BAD_LENGTH),
    Delete(characters="()."),
)
"""What is done before a declared country is looked at."""

KIND = KindSpec(
    kind=TokenKind.PHONE,
    steps=(
        *_DIALLED,
        _SURPLUS_TRUNK,
        _TRUNK,
        RejectIfIn(values=("",), reason=Reason.EMPTY),
        RejectUnlessCharset(
            allowed=ASCII_DIGITS + "+", reason=Reason.FORBIDDEN_CHARACTER
        ),
        _explained(_ONE_DIGIT, Reason.PLACEHOLDER),
        _explained("[0-9]+", Reason.NO_COUNTRY_CODE),
        # ITU-T E.164: at most 15 digits.
        RejectUnlessLength(minimum=9, maximum=16, reason=Reason.BAD_LENGTH),
        RejectIfMatches(
            pattern="[+][0-9]{1,3}(?:"
            + "|".join(digit + "{5,}" for digit in ASCII_DIGITS)
            + ")",
            reason=Reason.PLACEHOLDER,
        ),
        _explained(_IMPOSSIBLE, Reason.BAD_FORMAT),
        RejectUnlessMatches(pattern=_POSSIBLE, reason=Reason.BAD_LENGTH),
    ),
    examples=(
        Example(identifier="+44 (0)20 7946 0958", result="+442079460958"),
        Example(identifier="+49 0151 23456789", result="+4915123456789"),
        Example(identifier="+39 06 1234 5678", result="+390612345678"),
        Example(identifier="+7 8 912 345 67 89", result="+79123456789"),
        Example(identifier="020 7946 0958", result="no_country_code"),
        Example(identifier="0044 20 7946 0958", result="no_country_code"),
        Example(identifier="+44 20 7946 0958 ext. 3", result="extension"),
    ),
    leading_zeros_matter=False,
    free_text=False,
    luhn_digit=False,
    declared=DeclaredSteps(
        option=ColumnOption.COUNTRY,
        after=len(_DIALLED),
        steps=MappingProxyType(
            {name: _declared(country) for name, country in COUNTRIES.items()}
        ),
    ),
)

"""What all errors share: the root, safe text, and errors of no one part."""

from __future__ import annotations

import difflib
import re
from string import ascii_lowercase
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from cleanroom_join.errors.installation import install_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "CleanRoomJoinError",
    "InternalError",
    "MissingExtra",
    "UnknownName",
    "assert_never",
    "did_you_mean",
    "is_visible",
    "named",
    "nearest",
    "printable",
    "quoted",
]


_MAX_QUOTED = 80
"""Longest piece of text an error quotes, in characters."""

_NAME_LIKE = re.compile(
    "[a-z_][a-z0-9_]{0,62}|[A-Za-z_][A-Za-z0-9_ .-]{0,39}", re.ASCII
)
"""A name as people write one; a key of 32 bytes is longer, in base64 and in hex."""

_CLOSE = 0.6
"""Similarity from which a name may stand for another, as `difflib` measures it."""


_UNSEEN = re.compile(
    # Default_Ignorable_Code_Point of Unicode 16, where `str.isprintable` lets it pass:
    # fillers of Hangul, vowels of Khmer, joiners, variation selectors.
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\uffa0"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"
    # And printable characters that are blank in print.
    "\u2800\U00016fe4\U0001d159]"
)


def is_visible(char: str) -> bool:
    r"""
    Return whether a character is a space, or printable and seen in print.

    Examples:
        >>> [is_visible(char) for char in "a \u202e\u00a0\u3164"]
        [True, True, False, False, False]
    """
    return char.isprintable() and _UNSEEN.match(char) is None


def printable(text: str) -> str:
    r"""
    Return *text* on one line, with visible characters only, at most 80 of them.

    Names come from contracts and tables, so from the other company: nothing of
    theirs may move a reader's terminal or forge a log line.

    Examples:
        >>> printable("a\nb")
        'a?b'
    """
    clean = "".join(c if is_visible(c) else "?" for c in text)
    return clean if len(clean) <= _MAX_QUOTED else clean[: _MAX_QUOTED - 1] + "…"


def nearest(
    name: str, known: Iterable[str], meant: Mapping[str, str] = MappingProxyType({})
) -> str | None:
    """
    Return the known name that a wrong one most likely stands for, or None.

    Neither case nor blanks around a name count.  Abbreviations do: people write the
    initials of long column names.

    Args:
        name: The wrong name.
        known: The right ones; *name* itself is never the answer.
        meant: Words that are often written for another, in lower case, and that other.

    Examples:
        >>> nearest("merchnt", ["merchant", "country"])
        'merchant'
        >>> nearest("mcc", ["merchant_category_code", "country"])
        'merchant_category_code'
        >>> nearest("avg", ["mean", "sum"], {"avg": "mean"})
        'mean'
    """
    word = name.strip().lower()
    folded = {c.strip().lower(): c for c in sorted(known, reverse=True) if c != name}
    if meant.get(word) in folded.values():
        return meant[word]
    initials = {"".join(w[:1] for w in c.split("_")): c for c in reversed(folded)}
    close = difflib.get_close_matches(word, sorted(folded), n=1, cutoff=_CLOSE)
    near = word if word in folded else next(iter(close), initials.get(word))
    return None if near is None else folded[near]


def did_you_mean(
    name: str, known: Iterable[str], meant: Mapping[str, str] = MappingProxyType({})
) -> str:
    """
    Return ``; did you mean "x"?`` for the `nearest` known name, or nothing.

    Examples:
        >>> did_you_mean("merchnt", ["merchant", "country"])
        '; did you mean "merchant"?'
    """
    near = nearest(name, known, meant)
    return f'; did you mean "{printable(near)}"?' if near is not None else ""


def named(text: str) -> str:
    """
    Return a text in quotation marks if it looks like a name, else "this text".

    A secret or an identifier that was pasted where a name belongs looks like none, and
    no message may quote it.

    Examples:
        >>> named("home state"), named("jane@example.org"), named("4000012345678901")
        ('"home state"', 'this text', 'this text')
    """
    return f'"{text}"' if _NAME_LIKE.fullmatch(text) else "this text"


def quoted(names: Iterable[str]) -> str:
    """Return names quoted, sorted and joined by commas."""
    return ", ".join(f'"{printable(name)}"' for name in sorted(names))


class CleanRoomJoinError(Exception):
    """
    Root of every error of this library; never raised itself.

    Catch a class to react, read the code to tell causes apart: a class stands for one
    reaction, so it may carry several codes.

    Attributes:
        code: Stable identifier, documented in ``docs/reference/errors.md``.
        message: What was expected and what was got, in one sentence.
        hint: What to do next, or None.
    """

    code: str = "E000"

    def __init__(
        self, message: str, *, hint: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild through ``__new__``, since subclasses have their own signatures."""
        return (_rebuild, (type(self), self.args, self.__dict__))

    def __str__(self) -> str:
        """Return ``[code] message`` and the hint on the same line."""
        text = f"[{self.code}] {self.message}"
        return f"{text} Hint: {self.hint}" if self.hint else text


def _rebuild(
    cls: type[CleanRoomJoinError], args: tuple[object, ...], state: dict[str, object]
) -> CleanRoomJoinError:
    """Restore an error from its pickle."""
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class MissingExtra(CleanRoomJoinError, ImportError):
    """A part of the library was used whose packages are missing or do not fit."""

    code = "E001"

    @classmethod
    def of(cls, extra: str, feature: str) -> MissingExtra:
        """Say which extra *feature* needs."""
        return cls(
            f"{feature} needs packages that are not installed.",
            hint=install_line(extra),
        )

    @classmethod
    def unfitting(
        cls, found: tuple[str, str], fitting: tuple[str, str]
    ) -> MissingExtra:
        """Name the installed pair of PySpark and delta-spark, and a pair that fits."""
        spark, delta = fitting
        return cls(
            f"PySpark {found[0]} and delta-spark {found[1]} do not fit together; "
            f"PySpark {spark} and delta-spark {delta} do.",
            hint=f"pip install 'pyspark=={spark}' 'delta-spark=={delta}'",
            code="E004",
        )

    @classmethod
    def java(cls, needed: int, found: int | None, *, has_home: bool) -> MissingExtra:
        """
        Say which Java Spark needs, and which one it would start.

        Args:
            needed: Oldest major version that fits.
            found: Major version found; None if there is none, or none that answers.
            has_home: Whether ``JAVA_HOME`` is set, so that Spark starts no other.
        """
        where = "at JAVA_HOME" if has_home else "on the path"
        there = f"Java {found}" if found else "no Java that works"
        install = f"install a Java runtime of {needed} or newer"
        return cls(
            f"Spark needs Java {needed} or newer, and {where} there is {there}.",
            hint=f"{install}, and point JAVA_HOME to it or unset JAVA_HOME."
            if has_home
            else f"{install}, or point JAVA_HOME to one.",
            code="E006",
        )

    @classmethod
    def jars(cls, packages: Sequence[str], log: str) -> MissingExtra:
        """Say which Maven packages Spark could not resolve, and where its log is."""
        return cls(
            f"Spark could not fetch {' and '.join(packages)}.",
            hint=f"it needs a network, but only the first time; its log is {log}.",
            code="E005",
        )


class UnknownName(CleanRoomJoinError, KeyError):
    """A name was asked for that nobody declared: of an asset, an output, an attack."""

    code = "E002"

    @classmethod
    def of(cls, what: str, name: str, known: Sequence[str]) -> UnknownName:
        """Say which *what* is unknown and which are known."""
        return cls(
            f'the contract declares no {what} "{printable(name)}"'
            f"{did_you_mean(name, known)}",
            hint=f"declared: {quoted(known) or 'none'}.",
        )

    @classmethod
    def attack(cls, number: str, known: Sequence[str]) -> UnknownName:
        """Say that the suite has no such attack, which are near, where all are."""
        catalogue = number.rstrip(ascii_lowercase)
        near = [name for name in known if name.rstrip(ascii_lowercase) == catalogue]
        if near:
            hint = f"of {catalogue} there is {', '.join(near)}; {catalogue} plays all."
        else:
            hint = "7 plays all of 7, 7a one of them; --list lists all."
        message = f'there is no attack "{printable(number)}".'
        return cls(message, hint=hint, code="E003")


class InternalError(CleanRoomJoinError, AssertionError):
    """A bug in this library."""

    code = "E900"

    @classmethod
    def of(cls, text: str) -> InternalError:
        """Say what cannot be, and that it is not the caller's fault."""
        return cls(
            f"this is a bug in cleanroom_join: {text}.",
            hint="nothing was released. Please report it, without any data.",
        )


def assert_never(value: NoReturn) -> NoReturn:
    """
    Refuse a value that no case is for: mypy proves that there is none.

    What `typing.assert_never` does from Python 3.11 on, as an error of ours, and
    without the value in its text.
    """
    raise InternalError.of(f"no case for a {type(value).__name__}")

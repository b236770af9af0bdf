"""Errors of the contract: every fault with its path, digest, expiry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleanroom_join.errors.base import CleanRoomJoinError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ContractError", "Problem"]

_DIGITS = re.compile("[0-9a-f]{64}", re.ASCII)


class Problem(str):
    """
    One thing wrong with a contract: ``path: what is wrong``.

    Attributes:
        code: The problem's own stable code (E11x).
        path: Where it is, as a dotted path into the TOML document.
        about: Paths of what else it is about: if something is wrong there, this problem
            may only be a consequence.
    """

    __slots__ = ("about", "code", "path")
    code: str
    path: str
    about: tuple[str, ...]

    def __new__(  # noqa: PYI034 - typing.Self is 3.11
        cls, path: str, text: str, code: str, about: Iterable[str] = ()
    ) -> Problem:
        """Build the text once; the parts stay readable."""
        problem = super().__new__(cls, f"{path}: {text} [{code}]")
        problem.code = code
        problem.path = path
        problem.about = tuple(about)
        return problem

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the parts, from which the text is made again."""
        text = str(self)[len(self.path) + 2 : -len(self.code) - 3]
        return (Problem, (self.path, text, self.code, self.about))


class ContractError(CleanRoomJoinError, ValueError):
    """
    The contract, or a query, is not one that can be used; agree on another.

    `problems` has every fault of a document, not only the first.

    Attributes:
        problems: The faults in document order, each with its path and code.
    """

    code = "E100"
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> ContractError:
        """Report *problems*, one per line."""
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        lines = "".join(f"\n  {problem}" for problem in problems)
        error = cls(f"the contract has {count}:{lines}")
        error.problems = tuple(problems)
        return error

    @classmethod
    def unreadable(cls, name: str, why: str, cure: str | None = None) -> ContractError:
        """Say why there is no contract to look at: its file cannot be read."""
        hint = cure or "name the collaboration's TOML file"
        error = cls(f'no contract was read: "{name}" {why}.', hint=f"{hint}.")
        error.problems = (Problem(name, why, "E118"),)
        return error

    @classmethod
    def digest_mismatch(cls, expected: str, got: str) -> ContractError:
        """Name both digests, if they are some; these say nothing about people."""
        if _DIGITS.fullmatch(expected) is None:
            expected = "(not 64 hexadecimal digits)"
        return cls(
            f"expected contract digest {expected}, got {got}.",
            hint="both parties must hold the same revision: `cleanroom-join diff` shows"
            " where two files differ.",
            code="E101",
        )

    @classmethod
    def expired(cls, day: str) -> ContractError:
        """Name the contract's last day."""
        return cls(
            f"the contract expired on {day}; nothing is computed after it.",
            hint="agree a new revision with a later `expires`.",
            code="E102",
        )

    @classmethod
    def not_joinable(cls, subjects: int) -> ContractError:
        """Say that the subject to join on is not evident."""
        return cls(
            f"the assets share {subjects} subjects, expected one.",
            hint="say which: join(..., on=...).",
            code="E316",
        )

"""Reading a secret key: from a named environment variable, a pipe, or a prompt."""

from __future__ import annotations

import getpass
import os
import sys

from cleanroom_join.errors import KeyRefused, printable
from cleanroom_join.tokens import SecretKey

__all__ = ["read_key"]

_MOST = 10_000
"""Characters of standard input that are looked at; a key has some fifty."""


def read_key(variable: str | None) -> SecretKey:
    """
    Return the key; never from an argument, which every process can see.

    Args:
        variable: Environment variable that holds it as base64; None to read standard
            input, or to ask without showing it.

    Raises:
        KeyRefused: If there is none, if there are several, or if it is no key.
    """
    if variable is not None:
        text = os.environ.get(variable)
        if text is None:
            message = f'the environment has no variable "{printable(variable)}".'
            raise KeyRefused(message)
        return SecretKey.from_base64(_line(text, f'"{printable(variable)}"'))
    if sys.stdin.isatty():
        return SecretKey.from_base64(getpass.getpass("key (base64, not shown): "))
    return SecretKey.from_base64(_line(sys.stdin.read(_MOST), "standard input"))


def _line(text: str, where: str) -> str:
    """
    Return the one line of a text; a byte order mark before it says nothing.

    Raises:
        KeyRefused: If there is none, if there are several, or if the first is empty.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    filled = [line for line in lines if line.strip()]
    if not filled:
        raise KeyRefused.not_one_line(where, "is empty")
    if len(filled) > 1:
        problem = f"has {len(filled)} lines where one key is expected"
        raise KeyRefused.not_one_line(where, problem)
    if not lines[0].strip():
        problem = "has an empty first line before the key"
        raise KeyRefused.not_one_line(where, problem)
    return filled[0]

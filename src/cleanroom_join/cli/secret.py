"""Reading a secret key: from a named environment variable, a pipe, or a prompt."""

from __future__ import annotations

import getpass
import os
import sys

from cleanroom_join.errors import KeyRefused, printable
from cleanroom_join.tokens import SecretKey

__all__ = ["read_key"]


def read_key(variable: str | None) -> SecretKey:
    """
    Return the key; never from an argument, which every process can see.

    Args:
        variable: Environment variable that holds it as base64; None to read one line
            of standard input, or to ask without showing it.

    Raises:
        KeyRefused: If there is none, or it is no key.
    """
    if variable is not None:
        text = os.environ.get(variable)
        if text is None:
            message = f'the environment has no variable "{printable(variable)}".'
            raise KeyRefused(message)
        return SecretKey.from_base64(text)
    if sys.stdin.isatty():
        return SecretKey.from_base64(getpass.getpass("key (base64, not shown): "))
    return SecretKey.from_base64(sys.stdin.readline())

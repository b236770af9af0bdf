"""Enums whose members say what they mean, in the contract's schema and reference."""

from __future__ import annotations

from enum import Enum

__all__ = ["Described"]


class Described(Enum):
    """
    An enum that is written ``MEMBER = "value", "What it means."``.

    Examples:
        >>> class Light(Described):
        ...     RED = "red", "Stop."
        >>> Light("red").value, Light.RED.meaning
        ('red', 'Stop.')
    """

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Described:  # noqa: PYI034 - typing.Self is 3.11
        """Make a member; it is found by its value alone."""
        member = object.__new__(cls)
        member._value_ = value
        member.meaning = meaning
        return member

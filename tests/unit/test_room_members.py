"""
No class of the clean room gives joined rows away: a notebook holds only these classes.

A notebook also holds `spark` itself; against that stands the notebook's approval by both
parties, which is none of our doing.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import pytest

from cleanroom_join import room
from cleanroom_join.spark import room as modules

HELD = [getattr(room, name) for name in room.__all__]
"""Every class that a notebook gets from the front door."""

FRAMES = {"DataFrame", "Column", "RDD", "Row"}
FRAME_METHODS = {
    *("collect", "show", "display", "head", "take", "first", "write", "writeTo"),
    *("toPandas", "toArrow", "toLocalIterator", "foreach", "rdd", "schema"),
    *("cache", "persist", "sql", "select", "filter", "where", "explain"),
    *("__getattr__", "__iter__"),
}
"""Methods by which a DataFrame, or an object that passes calls on to one, gives rows."""


def own_members(held):
    """Yield each member that a class or a base of ours defines, with its type's names."""
    for cls in held.__mro__:
        if cls.__module__ == "builtins":
            continue
        for name, declared in inspect.get_annotations(cls).items():
            yield name, set(re.findall(r"\w+", str(declared)))
        for name, member in vars(cls).items():
            function = getattr(member, "__func__", getattr(member, "fget", member))
            if inspect.isfunction(function):
                returned = function.__annotations__.get("return", "")
                yield name, set(re.findall(r"\w+", str(returned)))


def exposed_members(held):
    """
    Return the names of public members through which rows could leave unguarded.

    A text gives no rows: the head of a ledger is one.
    """
    return {
        name
        for name, declared in own_members(held)
        if (name in FRAME_METHODS and declared != {"str"})
        or name.startswith("create")
        or (not name.startswith("_") and declared & FRAMES)
    }


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.__name__)
def test_no_public_member_gives_rows(held):
    """None is named like a method of a DataFrame, and none is declared to return one."""
    assert exposed_members(held) == set()


def classes_of_the_room():
    """Return every class that the room's modules define, by name."""
    found = {}
    for info in pkgutil.iter_modules(modules.__path__, f"{modules.__name__}."):
        module = importlib.import_module(info.name)
        found |= {
            name: cls
            for name, cls in vars(module).items()
            if inspect.isclass(cls) and cls.__module__ == info.name
        }
    return found


def test_every_class_that_a_notebook_holds_is_looked_at():
    """What a public member of one of them returns is one of them, or no class of the room."""
    returned = {
        name
        for held in HELD
        for member, declared in own_members(held)
        if not member.startswith("_")
        for name in declared & classes_of_the_room().keys()
    }

    assert {"GroupedJoin", "MeasuredJoin", "Release"} <= returned
    assert returned <= set(room.__all__)


class Named:
    """Has a method of a DataFrame."""

    def toPandas(self):  # noqa: N802 - as PySpark calls it
        """Give rows."""


class Declared:
    """Returns a frame under a harmless name."""

    def rows(self) -> DataFrame:  # noqa: F821 - read as text
        """Give rows."""


class Field:
    """Holds a frame."""

    frame: DataFrame  # noqa: F821 - read as text


class Nested:
    """Returns frames in a mapping."""

    def rows(self) -> dict[str, DataFrame]:  # noqa: F821 - read as text
        """Give rows."""


class Delegating:
    """Passes every call on."""

    def __getattr__(self, name):
        """Give anything."""


class Property:
    """Has a property of a DataFrame."""

    @property
    def schema(self):
        """Give columns."""


class Inheriting(Named):
    """Has what its base has."""


@pytest.mark.parametrize(
    "planted",
    [Named, Declared, Field, Nested, Delegating, Property, Inheriting],
    ids=lambda planted: planted.__name__,
)
def test_every_kind_of_exposed_member_is_found(planted):
    """By its name, or by its declared type, in the class or in its base."""
    assert len(exposed_members(planted)) == 1

"""Tables of several shapes: what one key says decides, or which of several is there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cleanroom_join.contract.document.keys import Keys, as_meant
from cleanroom_join.contract.document.node import Node
from cleanroom_join.contract.document.records import Field, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cleanroom_join.contract.document.records import AnyRecord
    from cleanroom_join.contract.document.scalars import Choice, Schema

__all__ = ["OneKeyOf", "Tagged"]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A table whose other keys depend on what one of its keys says."""

    make: Callable[..., object]
    """Makes a term of the values, whatever the shape."""
    tag: str
    choice: Choice
    meaning: str
    """What the tag means, and what the choice is between."""
    others: Mapping[str, tuple[Field, ...]]
    """The keys beside the tag, by what the tag says."""
    into: str = ""
    """The argument for the tag; its own name if empty."""

    def read(self, node: Node, /, **given: object) -> object:
        """Return what the table says, in the shape that its tag names."""
        content = node.typed(dict, "a table")
        keys = Keys(self.names())
        said = None if content is None else as_meant(content, keys).get(self.tag)
        text = said if isinstance(said, str) else ""
        if text in self.others:
            return self.record_for(text).read(node, **given)
        near = self.choice.meant(text)
        if near is not None:
            # Its own error names the tag; the other keys are those of what was meant.
            return self.record_for(near, self.choice).read(node, **given)
        if content is not None:
            self._any_shape().read(node)
        first = next(iter(self.others))
        return self.record_for(first).read(Node.nothing(), **given)

    def record_for(self, text: str, choice: Choice | None = None) -> Record[object]:
        """Return the table as it is where the tag says *text*; *choice* reads it."""
        own = self.others[text]
        names = {f.name for f in own}
        foreign = {
            f.name: f"{text} takes no {f.name}"
            for fields in self.others.values()
            for f in fields
            if f.name not in names
        }
        tag = self._field(choice or self.choice.only(text))
        return Record(self.make, (tag, *own), foreign)

    def names(self) -> tuple[str, ...]:
        """Return the keys that it may have, whatever the tag says."""
        return (self.tag, *(f.name for f in self._every_field()))

    def _every_field(self) -> tuple[Field, ...]:
        """Return the keys of all shapes."""
        every = {f.name: f for fields in self.others.values() for f in fields}
        return tuple(every.values())

    def _any_shape(self) -> Record[object]:
        """Return a table that takes the keys of all shapes, to look for faults."""
        optional = [replace(f, default=None) for f in self._every_field()]
        return Record(dict, (self._field(self.choice), *optional))

    def _field(self, choice: Choice) -> Field:
        """Return the tag as a key that takes *choice*."""
        return Field(self.tag, choice, self.meaning, into=self.into)

    def schema(self) -> Schema:
        """Return that it is one of the shapes."""
        return {"oneOf": [self.record_for(text).schema() for text in self.others]}


@dataclass(frozen=True, slots=True)
class OneKeyOf:
    """A table whose form follows from which of several keys it has."""

    shapes: Mapping[str, AnyRecord]
    """What the table is, by the key that it has."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What people often call these keys, in lower case."""

    def read(self, node: Node, /, **given: object) -> object:
        """Return what the table says, in the shape of its key."""
        content = node.typed(dict, "a table")
        present = [key for key in self.shapes if key in (content or {})]
        if len(present) == 1:
            return self.shapes[present[0]].read(node, **given)
        inner = [name for shape in self.shapes.values() for name in shape.names()]
        keys = Keys(tuple(self.shapes), self.called, tuple(inner))
        meant = {k: near for k in content or {} if (near := keys.meant(k)) is not None}
        if content is not None and not present and len(meant) == 1:
            ((key, near),) = meant.items()
            node.at(key).report(f'unknown key; did you mean "{near}"?', "E110")
            named = {near if k == key else k: v for k, v in content.items()}
            return self.shapes[near].read(replace(node, value=named), **given)
        if content is not None:
            *names, last = self.shapes
            has = f"has {' and '.join(present)}, and " if present else ""
            text = f"{has}needs exactly one of {', '.join(names)} and {last}"
            node.report(text, "E116")
        first = next(iter(self.shapes.values()))
        return first.read(Node.nothing(), **given)

    def schema(self) -> Schema:
        """Return that it is one of the shapes."""
        return {"oneOf": [shape.schema() for shape in self.shapes.values()]}

    def names(self) -> tuple[str, ...]:
        """Return the keys that it may have, in whatever shape."""
        shapes = self.shapes.values()
        return tuple(dict.fromkeys(n for shape in shapes for n in shape.names()))

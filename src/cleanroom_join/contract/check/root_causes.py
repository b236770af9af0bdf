"""Which faults of a contract are to be mended, and which follow from others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleanroom_join.errors import Problem

__all__ = ["root_causes"]


def root_causes(read: Sequence[Problem], checked: Iterable[Problem]) -> list[Problem]:
    """
    Return the problems of a contract without those that follow from others.

    What could not be read was replaced, and nothing is said of what replaces it.  A
    check that compares several parts names them in `Problem.about`: if one of these
    parts has a problem of its own, the comparison may be wrong for that reason alone.
    A problem is only left out for one that stays, so there is always one to mend.

    Args:
        read: What is wrong with single keys.
        checked: What is wrong between keys, in document order.
    """
    checked = list(checked)
    kept = list(read)
    left_out: set[int] = set()
    replaced = {problem.path for problem in read}
    # What is about one part decides first what is said about several.
    for problem in sorted(checked, key=lambda p: bool(p.about)):
        inside = not replaced.isdisjoint(_paths_to(problem.path))
        if inside or any(_touches(p, problem.about) for p in kept):
            left_out.add(id(problem))  # two problems may have one text
        else:
            kept.append(problem)
    return [*read, *(p for p in checked if id(p) not in left_out)]


def _touches(problem: Problem, paths: Iterable[str]) -> bool:
    """Return whether a problem is at, above or beneath one of some paths."""
    return any(
        path in _paths_to(problem.path) or problem.path in _paths_to(path)
        for path in paths
    )


def _paths_to(path: str) -> list[str]:
    """
    Return a path of the document and the paths of all that it is in.

    Examples:
        >>> _paths_to("tokens.keys[0].id")
        ['tokens', 'tokens.keys', 'tokens.keys[0]', 'tokens.keys[0].id']
    """
    return [*(path[: end.start()] for end in re.finditer(r"[.\[]", path)), path]

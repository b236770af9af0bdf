"""The error codes that the source names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from cleanroom_join import errors

__all__ = ["codes"]


def codes() -> dict[str, str]:
    """Return the class of every code that the source of the errors names."""
    found = {}
    for path in Path(errors.__file__).parent.glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                text = ast.unparse(node)
                for code in re.findall(r"'(E[0-9]{3})'", text):
                    assert found.setdefault(code, node.name) == node.name
    return found

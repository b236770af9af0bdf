"""How this installation gets an extra: a line that installs it from where it came."""

from __future__ import annotations

import json
import re
import shlex
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cleanroom_join.version import __version__

__all__ = ["install_line"]

_NAME = "cleanroom-join"
_WHEEL = f"cleanroom_join-{__version__}-py3-none-any.whl"
"""What a wheel of this version is called."""


def install_line(extra: str) -> str:
    """
    Return the command that installs an extra beside this installation.

    Installers note where a package came from if it was no index (PEP 610): a wheel, a
    folder, a repository.  Without a note the command names the wheel and no index:
    under this name an index may have nothing, or what somebody else put there.

    Args:
        extra: Name of the extra, such as ``cli``.
    """
    target = _target(_origin(), extra)
    return f"pip install {target or shlex.quote(f'{_WHEEL}[{extra}]')}"


def _origin() -> dict[str, object]:
    """Return the note of where this package came from; empty if there is none."""
    try:
        text = metadata.distribution(_NAME).read_text("direct_url.json")
        found = json.loads(text or "{}")
    except (metadata.PackageNotFoundError, OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _target(origin: dict[str, object], extra: str) -> str | None:
    """Return what to install; None if the note names nothing that is still there."""
    url = str(origin.get("url") or "")
    parts = urlsplit(url)
    if parts.scheme == "file":
        # On Windows a drive follows the first slash.
        path = Path(re.sub(r"^/(?=[A-Za-z]:)", "", unquote(parts.path)))
        if not path.exists():
            return None
        quoted = shlex.quote(f"{path}[{extra}]")
        folder = origin.get("dir_info")
        editable = isinstance(folder, dict) and folder.get("editable") is True
        return f"--editable {quoted}" if editable else quoted
    if parts.scheme not in ("https", "http", "ssh"):
        return None
    # Installers strip passwords; a user's name stays only where it is everybody's.
    where = re.sub(r"//(?!git@)[^/@]*@", "//", url)
    vcs = origin.get("vcs_info")
    if isinstance(vcs, dict):
        where = f"{vcs.get('vcs')}+{where}@{vcs.get('commit_id')}"
    return shlex.quote(f"{_NAME}[{extra}] @ {where}")

"""The templates of the pages: Jinja escapes every text, and nothing else is loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cleanroom_join.errors import MissingExtra, WriteFailed, printable
from cleanroom_join.review import value_text

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Template

__all__ = ["template", "write_page"]

_TIME = re.compile(r"([0-9-]{10})T([0-9:]{5}):[0-9]{2}Z")


@lru_cache(maxsize=4)
def template(name: str) -> Template:
    """
    Return a page's template, with the style sheet in place.

    Raises:
        MissingExtra: Without Jinja.
    """
    try:
        # Imported late: both are an extra.
        from jinja2 import (  # noqa: PLC0415
            Environment,
            FunctionLoader,
            StrictUndefined,
        )
        from markupsafe import Markup  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("jinja2", "markupsafe"):
            raise
        raise MissingExtra.of("report", "a report as HTML") from None
    style = _file("page.css")
    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(_file),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"time": _time_text, "value_text": value_text}
    return environment.get_template(
        name,
        globals={
            "style": Markup(style),  # noqa: S704 - our own file
            "style_digest": _digest(style),
        },
    )


def write_page(page: str, path: Path) -> None:
    """
    Write a page as a new HTML file.

    Raises:
        WriteFailed: If there is such a file.
    """
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(page)
    except FileExistsError:
        raise WriteFailed.exists(f'file "{printable(path.name)}"') from None


def _file(name: str) -> str:
    """Return one of the files that the pages are made of."""
    return files("cleanroom_join.report").joinpath(name).read_text(encoding="utf-8")


def _time_text(text: str) -> str:
    """
    Return a time of JSON as people read it; another text stays as it is.

    Examples:
        >>> _time_text("2026-11-28T12:00:00Z")
        '2026-11-28 12:00 UTC'
    """
    found = _TIME.fullmatch(text)
    return text if found is None else f"{found[1]} {found[2]} UTC"


def _digest(style: str) -> str:
    """Return what the content security policy knows the style sheet by."""
    found = hashlib.sha256(style.encode()).digest()
    return f"sha256-{base64.b64encode(found).decode('ascii')}"

"""Texts that the other company could write into a contract, and where people read them."""

from __future__ import annotations

import io
import logging
import os
from contextlib import redirect_stdout
from types import SimpleNamespace
from unittest.mock import patch

from cleanroom_join.cli import show
from cleanroom_join.report import render
from cleanroom_join.review import summary
from cleanroom_join.spark.room.query_builder import _toml as toml_string

HOSTILE = {
    "line end": "a\nAPPROVED  segments",
    "next line": "a\u0085APPROVED  segments",
    "line separator": "a\u2028APPROVED  segments",
    "escape": "\x1b[31mred",
    "control sequence introducer": "\x9b31mred",
    "delete": "a\x7f",
    "right-to-left override": "exe\u202egnp.exe",
    "isolate": "a\u2067b\u2069",
    "mark of direction": "a\u200fb",
    "Arabic letter mark": "a\u061cb",
    "zero width": "(other)\u200b",
    "joiner": "(other)\u2060",
    "byte order mark": "\ufeff(all)",
    "soft hyphen": "ot\u00adher",
    "tag": "a\U000e0041",
    "private use": "a\ue000",
    "no-break space": "a\u00a0b",
    "thin space": "a\u2009b",
    "ideographic space": "a\u3000b",
    "Hangul filler": "a\u3164",
    "half-width filler": "\uffa0",
    "Braille blank": "a\u2800b",
    "grapheme joiner": "a\u034fb",
    "variation selector": "a\ufe0f",
    "blank before": " a",
    "blank after": "a ",
    "only a blank": " ",
    "not in NFC": "cafe\u0301",
    "a mark first": "\u0338a",
    "a tower of marks": "a" + "\u0316" * 5,
}
"""What no text of a contract may have, by name."""

ALLOWED = (
    "départs à l'heure",
    "фрод по регионам",
    "שיעור ההונאה",
    "不正検知",
    "การฉ้อโกง",
    "[red]x[/red] :warning: <b>&amp;</b> ${x} {{ y }}",
    "x" * 200,
)
"""Texts with which a reader is served, whatever else they look like."""


def is_clean(text: str) -> bool:
    """Return whether a text has nothing that controls a terminal, a page or its order."""
    return all(char == "\n" or char.isprintable() for char in text)


def printed(report, caplog) -> dict[str, str]:
    """Return a report as each of its readers gets it."""
    text = summary(report, full=True)
    logger = logging.getLogger("tests.hostile_texts")
    with caplog.at_level(logging.INFO, logger.name):
        caplog.clear()
        logger.info("%s", text)
    return {
        "summary": text,
        "page": render(report),
        "terminal": on_terminal(report),
        "log": caplog.text,
    }


def on_terminal(report) -> str:
    """Return what a rehearsal of one release prints."""
    published = report.published
    release = SimpleNamespace(
        output=report.output,
        columns=published.columns,
        rows=published.rows,
    )
    excess = [
        SimpleNamespace(
            labels=row[: published.dimension_count],
            rows=row[published.dimension_count],
            rule=SimpleNamespace(value="threshold"),
        )
        for row in published.rows
    ]
    rehearsed = SimpleNamespace(
        release=release,
        report=report,
        saved=release,
        suppressed={},
        plain=excess,
        folder="out",
    )
    stream = io.StringIO()
    # Wide enough that no table folds a label, whose text would be in pieces then.
    wide = patch.dict(os.environ, COLUMNS="2000")
    with redirect_stdout(stream), wide:
        show.rehearsal(SimpleNamespace(tables=[], outputs=[rehearsed]), as_json=False)
    return stream.getvalue()


__all__ = [
    "ALLOWED",
    "HOSTILE",
    "is_clean",
    "on_terminal",
    "printed",
    "toml_string",
]

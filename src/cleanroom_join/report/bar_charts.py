"""
Bars as inline SVG, the same bytes for the same facts.

Matplotlib draws them, without its global state: no pyplot, and settings are put back.
What it draws is rebuilt from an allow-list of elements and attributes, so that the
page needs no style attributes and its colours follow the reader's light or dark mode.
"""

from __future__ import annotations

import io
import re
from html import escape
from threading import Lock
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from cleanroom_join.errors import InternalError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.report.bar import Bar

__all__ = ["bars"]

_WIDTH = 5.4
"""Inches, at 72 units each: wide enough for a page, and legible on a phone."""

_ROW = 0.42
"""Inches per bar."""

_LABELS = 0.36
"""Share of the width that is left to the names of the bars."""

_LETTER = 0.055
"""Length of a letter of a bar's figure, in longest bars."""

_LONGEST_LABEL = 28
"""Characters of a bar's name that are drawn; the table beside has all of it."""

_CLASSES = {"#010101": "text", "#020202": "bar", "#030303": "track"}
"""Colours that stand for classes of the style sheet."""

_LOCK = Lock()  # Matplotlib's settings are one for all threads
_SVG = "{http://www.w3.org/2000/svg}"
_KEPT = {"x", "y", "d", "transform", "text-anchor"}


def bars(name: str, title: str, drawn: Sequence[Bar]) -> str:
    """
    Return horizontal bars as an SVG element with title and description.

    Args:
        name: Begins the ids of the element; a word of ours.
        title: What is shown.
        drawn: The bars, the first on top.
    """
    described = "; ".join(f"{printable(bar.label)}: {bar.text}" for bar in drawn)
    root = ET.fromstring(_matplotlib(drawn))  # noqa: S314 - made here
    box = root.get("viewBox", "")
    texts = [printable(t) for bar in drawn for t in (_short(bar.label), bar.text)]
    parts = list(_rebuilt(root, texts))
    if len(parts) != 4 * len(drawn):  # two paths and two texts each
        raise InternalError.of("a picture was drawn in another way than expected")
    return (
        f'<svg viewBox="{escape(box)}" role="img"'
        f' aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(described)}</desc>{"".join(parts)}</svg>'
    )


def _matplotlib(drawn: Sequence[Bar]) -> bytes:
    """Draw with Matplotlib and return its SVG."""
    text, bar, track = _CLASSES
    with _LOCK, mpl.rc_context():
        mpl.rcdefaults()  # a user's matplotlibrc must change nothing
        mpl.rcParams["svg.hashsalt"] = "cleanroom_join"  # or else ids are random
        mpl.rcParams["svg.fonttype"] = "none"  # text stays text, and is read aloud
        figure = Figure(figsize=(_WIDTH, _ROW * max(len(drawn), 1)))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((_LABELS, 0.0, 1 - _LABELS, 1.0))
        axes.set_axis_off()
        longest = max((b.value for b in drawn), default=0) or 1
        letters = max((len(b.text) for b in drawn), default=0)
        axes.set_xlim(0, longest * (1.08 + letters * _LETTER))
        axes.set_ylim(max(len(drawn), 1) - 0.5, -0.5)
        for place, b in enumerate(drawn):
            axes.barh(place, longest, height=0.62, color=track)
            axes.barh(place, b.value, height=0.62, color=bar)
            # Numbers stand for the texts: Matplotlib would look for their letters in
            # a font, and warn where it has none, although the reader's browser does it.
            for x, number, side in (
                (-longest * 0.03, 2 * place, "right"),
                (longest * 1.03, 2 * place + 1, "left"),
            ):
                axes.text(x, place, f"{number}", ha=side, va="center_baseline", c=text)
        svg = io.BytesIO()
        nobody = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(svg, format="svg", transparent=True, metadata=nobody)
    return svg.getvalue()


def _short(label: str) -> str:
    """Return a name that fits."""
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _rebuilt(root: ET.Element, texts: Sequence[str]) -> Iterator[str]:
    """Yield the paths and texts of a drawing, with nothing that is not needed."""
    for element in root.iter():
        tag = element.tag.removeprefix(_SVG)
        if tag not in ("path", "text"):
            continue
        style = element.get("style", "")
        classes = [c for colour, c in _CLASSES.items() if f"fill: {colour}" in style]
        if not classes:
            continue  # clip paths, and an invisible background
        anchor = re.search(r"text-anchor: (\w+)", style)
        given = {k: v for k, v in element.attrib.items() if k in _KEPT}
        if anchor:
            given["text-anchor"] = anchor[1]
        attributes = "".join(f' {k}="{escape(v)}"' for k, v in sorted(given.items()))
        text = escape(texts[int("".join(element.itertext()))]) if tag == "text" else ""
        yield f'<{tag} class="{classes[0]}"{attributes}>{text}</{tag}>'

"""Pictures of the published figures: every figure in them is that of one row."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.contract import OutputColumn, OutputType
from cleanroom_join.report import render
from cleanroom_join.report.figure_charts import figure_bars, figure_maps
from cleanroom_join.report.heat_map import BLANK
from cleanroom_join.review import value_text
from tests.reference.reports import example
from tests.support.examples import examples

REPORT = example()
ALL = "(all)"


def published(figures, *, measure=True):
    """
    Return what a report says of rows, with labels in the order of their texts.

    Args:
        figures: The first measure by labels; every row has 600 subjects.
        measure: Whether there is one; else the figures are the cohort sizes.
    """
    width = len(next(iter(figures)))
    names = [*"abcd"[:width], "cohort_size", *(["m"] if measure else [])]
    columns = tuple(OutputColumn(name=n, type=OutputType.STRING) for n in names)
    rows = tuple((*k, *([600] if measure else []), v) for k, v in figures.items())
    labels = tuple(
        tuple(sorted({key[i] for key in figures} - {ALL}, key=value_text))
        for i in range(width)
    )
    return replace(
        REPORT.published,
        columns=columns,
        dimension_count=width,
        labels=labels,
        rows=rows,
        comparison=None,
        coarser=(),
    )


def section(details):
    """Return the part of a page that has the pictures, as XML; None without one."""
    page = render(replace(REPORT, published=details))
    found = re.search(
        r'<section aria-labelledby="pictures">.*?</section>', page, re.DOTALL
    )
    return None if found is None else ET.fromstring(found[0])


def drawn(pictures):
    """Yield the labels, by dimension, and the text of every figure that is drawn."""
    for table in pictures.iter("table"):
        head = table.find("thead/tr")
        down, across = re.fullmatch(r"(\w) ↓ (\w) →", head[0].text).groups()
        caption = table.find("caption")
        others = [] if caption is None else [tuple(caption.text.split(" ", 1))]
        for row in table.iterfind("tbody/tr"):
            for top, cell in zip(head[1:], row[1:], strict=True):
                blank = cell.get("class") == "blank"
                assert (cell.text == BLANK) is blank
                if not blank:
                    at = [(down, row[0].text), (across, top.text), *others]
                    yield frozenset(at), cell.text
    for figure in pictures.iter("figure"):
        title = figure.find("figcaption/strong").text
        for item in figure.iterfind("ul[@class='bars']/li"):
            yield (
                frozenset([(title.split(" by ")[1], item[0].text or "")]),
                item[1].text,
            )


def expected(figures):
    """Yield the same of rows, by the rule: one dimension, and the fewest above it."""
    kept = {
        key: [("abcd"[i], value_text(x)) for i, x in enumerate(key) if x != ALL]
        for key in figures
    }
    several = [
        len(kept[k]) for k, v in figures.items() if v is not None and len(kept[k]) > 1
    ]
    for key, figure in figures.items():
        wanted = {1, min(several, default=1)}
        if figure is not None and len(kept[key]) in wanted:
            yield frozenset(kept[key]), value_text(figure)


LABELS = st.one_of(
    st.sampled_from(["<b>x</b>", "&amp;", "\"'>", "=1+1", "5411", None, True]),
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=4),
).filter(lambda label: label not in (ALL, "NULL", "true"))
FIGURES = st.one_of(
    st.integers(0, 10**6),
    st.decimals(-1000, 1000, places=3),
    st.none(),
)


@st.composite
def tables(draw):
    """Draw up to five labels of one to three dimensions, and figures of some cells."""
    width = draw(st.integers(1, 3))
    domains = [
        [*draw(st.lists(LABELS, min_size=1, max_size=5, unique_by=value_text)), ALL]
        for _ in range(width)
    ]
    cells = st.tuples(*map(st.sampled_from, domains))
    return draw(st.dictionaries(cells, FIGURES, min_size=1, max_size=25))


@given(tables())
@settings(max_examples=examples(500))
def test_every_drawn_figure_is_that_of_its_row(figures):
    """Under its labels, escaped, and nothing else is drawn; legends quote figures, too."""
    pictures = section(published(figures))

    wanted = sorted((sorted(at), text) for at, text in expected(figures))
    if pictures is None:
        assert wanted == []
        return
    assert sorted((sorted(at), text) for at, text in drawn(pictures)) == wanted
    texts = {value_text(v) for v in figures.values() if v is not None}
    for item in pictures.iterfind(".//ul[@class='legend']/li"):
        assert set(item.text.split(" to ")) <= texts


@given(tables())
@settings(max_examples=examples(300))
def test_bars_are_as_long_as_figures_and_shades_rise_with_them(figures):
    """In the units of the rows; and a larger figure is never lighter."""
    details = published(figures)

    for chart in figure_bars(details):
        for bar in chart.bars:
            assert value_text(bar.value) == bar.text
            assert abs(Decimal(bar.value)) == Decimal(bar.length)
            assert Decimal(chart.start) <= Decimal(bar.start)
    for shown in figure_maps(details):
        cells = [c for panel in shown.panels for _, row in panel.rows for c in row]
        shades = [
            (Decimal(cell.text.replace(",", "")), cell.shade)
            for cell in cells
            if cell.shade is not None
        ]
        assert [shade for _, shade in sorted(shades)] == sorted(s for _, s in shades)
        assert max(shade for _, shade in shades) == 5


def test_a_row_without_the_figure_looks_like_no_row():
    """The picture does not say which cells there are."""
    rows = {("x", "1"): 500, ("x", "2"): 600, ("y", "1"): 700}

    with_null = figure_maps(published(rows | {("y", "2"): None}))

    assert with_null == figure_maps(published(rows))
    assert with_null[0].panels[0].rows[1][1][1].text == BLANK


def test_without_a_measure_the_cohort_size_is_drawn():
    """It is the first figure then."""
    (chart,) = figure_bars(published({("x",): 500}, measure=False))

    assert (chart.title, chart.bars[0].text) == ("cohort_size by a", "500")


def test_labels_stand_in_the_order_of_the_contract():
    """As in the table: values as declared, other, NULL, coarser labels."""
    (shown,) = figure_maps(REPORT.published)

    assert [label for label, _ in shown.panels[0].rows] == [
        "5411",
        "5732",
        "NULL",
        "grocery",
    ]


def test_a_grand_total_alone_has_no_picture():
    """Nor has an answer without rows."""
    assert section(published({(ALL, ALL): 900})) is None
    empty = replace(REPORT.published, rows=(), labels=((), ()), comparison=None)
    assert section(empty) is None


@pytest.mark.parametrize("width", [1, 2, 3])
def test_what_is_too_much_to_draw_is_said(width):
    """A picture ends where it cannot be read, and points to the table."""
    many = {(f"{i:03}", *["x"] * (width - 1)): 500 + i for i in range(40)}
    note = "There are too many"

    fits, cut = (
        "".join(section(published(rows)).itertext())
        for rows in (many, many | {("040", *["x"] * (width - 1)): 900})
    )

    assert note not in fits
    assert note in cut
    assert "039" in cut
    assert "040" not in cut


def test_too_many_panels_are_said():
    """Six are drawn."""
    rows = {
        (f"{i}", f"{j}", f"p{n}"): 500 + i + j + n
        for i in range(9)
        for j in range(8)
        for n in range(7)
    }

    (shown,) = figure_maps(published(rows))

    assert [panel.heading for panel in shown.panels] == [f"c p{n}" for n in range(6)]
    assert shown.cut


def luminance(colour):
    """Return the relative luminance of a colour (WCAG 2.2, from 0 to 1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_texts_on_every_shade_can_be_read():
    """With the contrast that WCAG asks for, 4.5 to 1; and each shade is darker."""
    style = files("cleanroom_join.report").joinpath("page.css").read_text()
    shades = re.findall(
        r"\.shade-(\d) \{ background: (#\w{6}); color: (#\w{6}); \}", style
    )

    assert [number for number, _, _ in shades] == list("12345")
    lights = [luminance(page) for _, page, _ in shades]
    assert lights == sorted(lights, reverse=True)
    for _, page, text in shades:
        dark, light = sorted([luminance(page), luminance(text)])
        assert (light + 0.05) / (dark + 0.05) >= 4.5

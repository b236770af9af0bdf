"""The HTML page: what the summary says, safe to open and safe to hand over."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroom_join.disclosure import protect
from cleanroom_join.errors import MissingExtra, WriteFailed
from cleanroom_join.report import render, save
from cleanroom_join.report.bar_chart import Bar, BarChart, bar_charts
from cleanroom_join.report.csv_copy import csv_copy
from cleanroom_join.report.figure_charts import figure_bars
from cleanroom_join.review import (
    TERMS,
    NotEntered,
    SubjectCounts,
    build_report,
    summary,
)
from cleanroom_join.version import __version__
from tests.reference.reports import (
    APPROVED,
    HELD,
    ROWS,
    SIZES,
    example,
    example_contract,
)
from tests.support import plain_tables
from tests.support.text_checks import Page, unexplained

PAGE = render(example())


def test_the_same_report_is_the_same_page():
    """Byte for byte: no time of day, no random id."""
    assert render(example()) == PAGE


def test_nothing_runs_and_nothing_is_loaded():
    """No script, no handler, no address; and the policy of the page forbids them."""
    page = Page(PAGE)

    assert not {
        "script",
        "iframe",
        "object",
        "embed",
        "img",
        "form",
        "base",
    } & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert not [name for _, name, _ in page.attributes if name == "style"]
    (link,) = [v for _, n, v in page.attributes if n in ("src", "href")]
    assert link.startswith("data:text/csv;charset=utf-8;base64,")
    assert not re.search(r"https?:|url\(|@import|//", PAGE.replace(link, ""))
    (policy,) = [v for tag, n, v in page.attributes if n == "content" and "src" in v]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_page_offers_its_rows_as_csv():
    """A link to a file that the page itself holds, named after the output."""
    (link,) = [v for _, n, v in Page(PAGE).attributes if n == "href"]

    data = base64.b64decode(link.split(",")[1])

    assert data.decode("utf-8-sig") == csv_copy(example().published)
    assert '<a download="segments.csv" href="data:' in PAGE
    assert "<a " not in render(example(review=HELD))


def test_it_says_who_when_and_with_which_version():
    """On page and in the summary; the day only once the release is saved."""
    unsaved = example(review=HELD, as_of=None)

    page, text = " ".join(Page(PAGE).texts), summary(example())
    assert "Parties acme, globex Date 2026-11-28, UTC Library cleanroom-join" in page
    assert f"cleanroom-join {__version__} " in page
    for line in (
        "parties   acme, globex",
        "date      2026-11-28, UTC",
        f"library   cleanroom-join {__version__}",
    ):
        assert line in text.splitlines()
    assert "acme, globex Library" in " ".join(Page(render(unsaved)).texts)
    assert not [x for x in summary(unsaved).splitlines() if x.startswith("date")]


def drawings(page):
    """Return every drawn bar of a page with the texts beside it."""
    items = re.findall(r"<li>\s*(<span.*?</svg>)\s*</li>", page, re.DOTALL)
    return [ET.fromstring(f"<li>{item}</li>") for item in items]


def all_charts(published):
    """Return the bar charts of a page in its order."""
    return (*figure_bars(published), *bar_charts(published, 100))


def test_every_bar_says_its_figure():
    """As its title, for who cannot see it, and as text beside it; ids are unique."""
    charts = all_charts(example().published)
    ids = re.findall(r' id="([^"]+)"', PAGE)
    bars = [bar for chart in charts for bar in chart.bars]

    assert len(charts) == PAGE.count("<figure") - 1 == 5
    assert PAGE.count("<svg") == len(drawings(PAGE)) == len(bars)
    for drawn, bar in zip(drawings(PAGE), bars, strict=True):
        label, figure, svg = drawn
        assert svg.get("role") == "img"
        assert svg.find("title").text == f"{bar.label}: {bar.text}"
        assert (label.text, figure.text) == (bar.label, bar.text)
        assert label.get("aria-hidden") == figure.get("aria-hidden") == "true"
    for chart in charts:
        assert f'<figure aria-labelledby="{chart.id}">' in PAGE
        assert f'<strong id="{chart.id}">{chart.title}</strong>' in PAGE
        assert chart.explanation in PAGE
    assert len(ids) == len(set(ids))


def test_the_page_says_what_the_text_says():
    """Digests, verdict, every setting, every rule, every sentence about the answer."""
    report = example()
    page = " ".join(Page(PAGE).texts)

    assert report.contract_sha256 in page
    assert report.published.digest in page
    assert report.ledger in page
    for part in (*report.policy, *report.rules):
        assert part.name in page
    for rule in report.rules:
        assert rule.does in page
        assert rule.why in page
    for line in report.policy:
        assert line.meaning in page
    for term, meaning in TERMS:
        assert f"{term} {meaning}" in page
    for name in ("cells", "share", "changes"):
        text = " ".join(summary(report).split())
        sentence = re.search(
            rf" {name} (.*?) (?:budget|coarser|changes|note|sizes) ", text
        )[1]
        assert sentence.removeprefix("cells ") in page


def test_published_figures_are_on_an_approved_page_only():
    """With headings for every column; otherwise not even how many there are."""
    held = render(example(review=HELD))

    assert "<td>north</td><td>5411</td>" in PAGE
    assert '<td class="number">1,800</td>' in PAGE.replace(
        "class=number", 'class="number"'
    )
    assert "<svg" not in held
    assert "5411" not in held
    assert "1,800" not in held
    assert "Nothing was released." in held


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30))
@settings(max_examples=30)
def test_hostile_names_are_only_text(name):
    """Whatever the other company writes into contract and labels is shown as text."""
    hostile = f"<script>alert(1)</script>{name}\"'&$x^2$"
    rows = [(hostile, "5411", 600, 1800, Decimal(1), Decimal(1)), *ROWS]
    report = example(
        sizes=SubjectCounts(tables=((hostile, 900),), matched=900), rows=ROWS
    )
    report = replace(
        report,
        purpose=hostile,
        output=hostile,
        published=replace(
            report.published,
            labels=((*report.published.labels[0], hostile), report.published.labels[1]),
            rows=tuple(rows),
            comparison=None,
        ),
    )

    page = Page(render(report))

    assert page.texts.count(" ".join(hostile.split())) >= 3
    assert "script" not in page.tags
    assert sorted(set(page.tags)) == sorted(set(Page(PAGE).tags))


TABLES = plain_tables.tables((4, 3))


@given(TABLES, st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_suppressed_cells_do_not_change_a_byte(counts, random):
    """Charts included: lengths, titles and texts."""
    query, policy = plain_tables.query_over("ab", "[[]]", parents=True)
    contract = replace(example_contract(), policy=policy)
    pages = {}
    for _ in range(2):
        table = protect(plain_tables.cells_from_counts(counts, query), query, policy)
        report = _report(contract, query, table.rows)
        pages.setdefault(table.rows, set()).add(render(report))
        shown = {cell.labels for cell in table.published}
        counts = {
            leaf: count if leaf in shown else random.randrange(100)
            for leaf, count in counts.items()
        }

    assert all(len(found) == 1 for found in pages.values())


def _report(contract, query, rows, sizes=SIZES):
    return build_report(
        contract,
        query,
        APPROVED,
        rows,
        sizes=sizes,
        earlier=None,
        spent={},
        audited=True,
        ledger=NotEntered(problem="run 1"),
    )


@given(TABLES, st.integers(1, 10**6), st.booleans())
@settings(max_examples=60)
def test_every_number_is_explained_without_small_counts(counts, matched, totals):
    """It is about k subjects, published, or a number of cells: on page and as text."""
    query, policy = plain_tables.query_over(
        "ab", "[[]]" if totals else "", parents=True
    )
    contract = replace(example_contract(), policy=policy)
    table = protect(plain_tables.cells_from_counts(counts, query), query, policy)
    sizes = SubjectCounts(
        tables=(("payments", matched + 7), ("accounts", 90)), matched=matched
    )
    report = _report(contract, query, table.rows, sizes)

    page = " ".join(Page(render(report)).texts)

    assert unexplained(report, policy, page) == []
    assert unexplained(report, policy, summary(report)) == []


@pytest.mark.parametrize("count", [13, 42, 99])
def test_a_small_count_anywhere_is_found(count):
    """Else the test above finds nothing because it looks nowhere."""
    policy = example_contract().policy
    report = example()
    step = replace(report.published.funnel[0], at_least=count)
    noted = replace(report, notes=(f"there were {count}.",))
    drawn = replace(report, published=replace(report.published, funnel=(step,)))

    assert unexplained(report, policy, summary(report)) == []
    for planted in (noted, drawn):
        page = " ".join(Page(render(planted)).texts)
        assert set(unexplained(planted, policy, page)) == {count}
        assert unexplained(planted, policy, summary(planted)) == [count]


def test_bars_are_as_long_as_their_values():
    """In units of the drawing, which is as wide as the longest bar of its chart."""
    drawn = iter(drawings(PAGE))

    for chart in bar_charts(example().published, 100):
        longest = max(bar.value for bar in chart.bars)
        for bar in chart.bars:
            svg = next(drawn)[2]
            track, length = svg.iter("rect")
            assert svg.get("viewBox") == f"0 0 {longest} 1"
            assert track.get("width") == f"{longest}"
            assert length.get("width") == f"{bar.value}"


def test_the_sum_of_cells_is_never_above_a_published_total():
    """With noise it may be; the page would contradict its own row."""
    contract = example_contract(totals="[[]]")
    total = ("(all)", "(all)", 13_000, 50_000, Decimal("0.1"), Decimal(9))
    report = example(contract=contract, rows=(*ROWS, total))

    funnel = bar_charts(report.published, 100)[0]

    assert report.published.coverage.most == 13_255
    assert (funnel.bars[-1].value, funnel.bars[-1].text) == (13_000, "about 13,000")


def test_a_chart_of_zeros_is_drawn():
    """A drawing of no width would not be shown."""
    zeros = (Bar(label="none", value=0, text="0"),)

    for bars in ((), zeros):
        chart = BarChart(id="x", title="t", explanation="", bars=bars)
        assert (chart.start, chart.width) == ("0", "1")


def test_a_bar_below_zero_points_to_the_left():
    """The drawing reaches from the smallest value to the largest, zero included."""
    for values, start, width in (
        ((Decimal("-2.5"), 4), "-2.5", "6.5"),
        ((Decimal("-2.5"), -1), "-2.5", "2.5"),
        ((Decimal("1E+2"), Decimal("0.10")), "0", "100"),
    ):
        bars = tuple(Bar(label="x", value=value, text="") for value in values)
        chart = BarChart(id="x", title="t", explanation="", bars=bars)
        assert (chart.start, chart.width) == (start, width)
    left, right = (Bar(label="x", value=v, text="") for v in (Decimal("-2.50"), 4))
    assert (left.start, left.length) == ("-2.5", "2.5")
    assert (right.start, right.length) == ("0", "4")


def test_a_page_is_never_overwritten(tmp_path):
    """As with every other output."""
    save(example(), tmp_path / "report.html")

    assert (tmp_path / "report.html").read_text(encoding="utf-8") == PAGE
    with pytest.raises(WriteFailed, match="E502"):
        save(example(), tmp_path / "report.html")


@pytest.mark.parametrize("package", ["jinja2", "markupsafe"])
def test_without_its_packages_it_says_what_to_install(package):
    """Importing works; rendering names the extra."""
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from cleanroom_join.report import render\n"
        "try:\n    render(None)\n"
        "except Exception as error:\n    print(error)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "[report]" in done.stdout


def test_missing_extra_is_what_is_raised():
    """So that callers can go on without a page."""
    assert MissingExtra.of("report", "x").code == "E001"

"""What a real browser makes of a report.  `make browser` installs Chromium if need be."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import threading
import time
from dataclasses import replace
from decimal import Decimal
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cleanroom_join.report import render, render_revocation
from cleanroom_join.report.bar_chart import bar_charts
from cleanroom_join.report.csv_copy import csv_copy
from cleanroom_join.report.heat_map import BLANK
from tests.reference.consent_status import ALARMED
from tests.reference.reports import HELD, example

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
_LONG = "accommodation, food, drink and entertainment services"
_TOTALS = (
    *((area, "(all)", n, n, Decimal(0), -n) for n, area in enumerate("xyz", 600)),
    *((f"{_LONG} {i}", f"{i:02}", n, n, n, n) for i, n in enumerate(range(500, 530))),
)
_WIDE = replace(
    example(),
    published=replace(
        example().published,
        labels=(
            tuple(dict.fromkeys(row[0] for row in _TOTALS)),
            tuple(f"{i:02}" for i in range(30)),
        ),
        rows=_TOTALS,
        comparison=None,
    ),
)
PAGES = {
    "approved": render(example()),
    "held": render(example(review=HELD)),
    "wide": render(_WIDE),
    "opt-outs": render_revocation(ALARMED, contract="acme-globex revision 3", days=90),
    "clicked": """<!DOCTYPE html><iframe id=f src="/approved"></iframe><script>
document.getElementById("f").onload = event =>
  event.target.contentDocument.querySelector("a[download]").click();</script>""",
}
_FRAME = """<!DOCTYPE html><title>frame</title><iframe id=f src="/%s"
 style="width:%spx;height:4000px"></iframe><pre id=found></pre><script>
document.getElementById("f").onload = event => {
  const page = event.target.contentDocument, style = e => getComputedStyle(e);
  document.getElementById("found").textContent = JSON.stringify({
    width: page.documentElement.scrollWidth,
    headings: [...page.querySelectorAll("h1,h2")].map(h => h.textContent),
    charts: page.querySelectorAll("figure").length,
    bars: [...page.querySelectorAll("svg")].map(s => {
      const size = part => s.querySelector(part).getBoundingClientRect();
      return [size(".bar").width / size(".track").width, size(".track").height];
    }),
    tracks: [...page.querySelectorAll("svg .track")].map(t => t.getBoundingClientRect().width),
    collided: [...page.querySelectorAll(".bars li")].filter(item => {
      const [label, value, bar] = [...item.children].map(e => e.getBoundingClientRect());
      const all = item.closest("figure").getBoundingClientRect();
      return label.right > value.left || value.right > all.right + 1
        || Math.max(label.bottom, value.bottom) > bar.top + 1;
    }).map(item => item.textContent),
    small: [...page.querySelectorAll(".bars span")].filter(
      e => parseFloat(style(e).fontSize) < 14).map(e => e.textContent),
    cells: page.querySelectorAll(".figures tbody td").length,
    heat: [...page.querySelectorAll(".heat td")].map(cell => [
      cell.textContent, style(cell).backgroundColor, style(cell).color]),
    wide: [...page.querySelectorAll("figure")].filter(figure =>
      figure.getBoundingClientRect().right > page.documentElement.clientWidth
    ).length,
    colours: [style(page.body).color, style(page.body).backgroundColor],
    styled: style(page.querySelector("main")).maxWidth,
  });
};</script>"""
_LEAK = "<img src='/leak.png'><script>console.error('it ran')</script>"


@pytest.fixture(scope="module")
def site():
    """A server of the pages, and what was asked of it."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            """Answer with a page, a frame around it, or a page that was tampered with."""
            asked.append(self.path)
            name, _, width = self.path.strip("/").partition("@")
            page = PAGES.get(name)
            if width:
                page = _FRAME % (name, width)
            if name == "leaky":
                page = "<!DOCTYPE html>" + _LEAK
            if name == "tampered":
                page = PAGES["approved"].replace("</main>", f"{_LEAK}</main>")
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_):
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def command(folder, address, *options):
    """Return the command that opens an address."""
    assert CHROMIUM, "install Chromium: make chromium"
    return [
        CHROMIUM,
        *["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"],
        *["--no-first-run", "--disable-background-networking"],
        *["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
        *["--hide-scrollbars", "--enable-logging=stderr"],
        # Whatever is elsewhere cannot be found, so it would be an error.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        f"--user-data-dir={folder}",
        *options,
        address,
    ]


def console(stderr):
    """Return what the console said."""
    return re.findall(r"CONSOLE.*", stderr)


def chromium(folder, address, *options):
    """Open an address and return the document, and what the console said."""
    done = subprocess.run(
        command(folder, address, "--virtual-time-budget=5000", *options),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout, console(done.stderr)


def downloaded(folder, address, name):
    """Open an address, and return a file that is downloaded then, and what was said."""
    profile, file, log = folder / "p", folder / name, folder / "stderr"
    (profile / "Default").mkdir(parents=True)
    chosen = {"default_directory": str(folder), "prompt_for_download": False}
    (profile / "Default" / "Preferences").write_text(json.dumps({"download": chosen}))
    with log.open("w") as stderr:
        # Without virtual time, which a download can stop for ever.
        browser = subprocess.Popen(command(profile, address), stderr=stderr)
    try:
        until = time.monotonic() + 60
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        browser.terminate()
        browser.wait(timeout=60)
    return file.read_bytes(), console(log.read_text())


def looked_at(site, folder, name, width, *options):
    """Return what a browser finds in a page of some width."""
    document, said = chromium(
        folder, f"{site[0]}/{name}@{width}", "--dump-dom", *options
    )
    assert said == []
    return json.loads(unescape(re.search(r"<pre id=.found.>(.*?)</pre>", document)[1]))


@pytest.mark.parametrize("width", [1100, 390, 360])
def test_headings_charts_and_figures_are_there(site, tmp_path, width):
    """On a desk and on a telephone, and nothing is wider than the screen."""
    found = looked_at(site, tmp_path / "p", "approved", width)

    assert found["headings"][0] == "Release segments"
    assert [h for h in found["headings"] if h.startswith(("What", "Published", "Why"))]
    assert found["charts"] == 6
    assert found["cells"] == 5 * 7
    assert found["width"] <= width
    assert found["styled"] == "992px"  # the style sheet is allowed by its digest


@pytest.mark.parametrize("width", [1100, 390, 360])
def test_bars_are_as_long_as_their_figures(site, tmp_path, width):
    """Of the length that the values say; texts are legible and cover nothing."""
    found = looked_at(site, tmp_path / "p", "approved", width)
    charts = bar_charts(example().published, 100)

    shares = [
        float(bar.length) / float(chart.width) for chart in charts for bar in chart.bars
    ]
    assert [share for share, _ in found["bars"]] == pytest.approx(shares, abs=0.01)
    assert all(height >= 8 for _, height in found["bars"])
    assert min(found["tracks"]) > min(width, 500) / 2
    assert found["collided"] == []
    assert found["small"] == []


@pytest.mark.parametrize("width", [1100, 360])
def test_a_large_heat_map_scrolls_within_its_frame(site, tmp_path, width):
    """Twenty columns and long labels make the page no wider; bars are drawn beside."""
    found = looked_at(site, tmp_path / "p", "wide", width)

    assert found["width"] <= width
    assert found["wide"] == 0
    assert len(found["heat"]) == 30 * 20
    assert found["charts"] == 2 + 4
    assert found["collided"] == []


@pytest.mark.parametrize("scheme", [0, 1])
def test_shades_tell_figures_apart(site, tmp_path, scheme):
    """In dark and in light alike; what is not published has no shade."""
    option = f"--blink-settings=preferredColorScheme={scheme}"
    found = looked_at(site, tmp_path / "p", "approved", 800, option)["heat"]

    by_figure = {text: brightness(page) for text, page, _ in found}
    blank = {page for text, page, _ in found if text == BLANK}
    shown = ["31,000", "7,200", "1,800", "450", "315"]
    darkest_first = [by_figure[text] for text in shown]

    assert darkest_first == sorted(set(darkest_first))
    assert blank == {"rgba(0, 0, 0, 0)"}
    assert len(found) == 4 * 2


def test_the_rows_are_downloaded_as_csv(site, tmp_path):
    """The link works under the page's own policy, and asks nobody for the file."""
    site[1].clear()

    data, said = downloaded(tmp_path, f"{site[0]}/clicked", "segments.csv")

    assert data.decode("utf-8-sig") == csv_copy(example().published)
    assert said == []
    # The icon is that of the frame around the page, which has no policy.
    assert [path for path in site[1] if path != "/favicon.ico"] == [
        "/clicked",
        "/approved",
    ]


@pytest.mark.parametrize("width", [1100, 360])
def test_the_page_on_opt_outs_fits_a_desk_and_a_telephone(site, tmp_path, width):
    """Its bars are drawn, its texts are legible, and nothing covers another."""
    found = looked_at(site, tmp_path / "p", "opt-outs", width)

    assert found["headings"][:2] == ["Opt-outs of globex", "From received to excluded"]
    assert found["charts"] == 2
    assert found["width"] <= width
    # 5,000 of 5,000 events, and the limit of fifteen business days.
    assert [share for share, _ in found["bars"] if share > 0.99] == [1, 1]
    assert found["collided"] == []
    assert found["small"] == []
    assert found["styled"] == "992px"


def test_what_is_not_approved_shows_the_verdict(site, tmp_path):
    """And neither charts nor figures."""
    found = looked_at(site, tmp_path / "p", "held", 1100)

    assert found["charts"] == 0
    assert found["cells"] == 0


def test_dark_is_dark(site, tmp_path):
    """The page follows what its reader prefers."""
    light = looked_at(site, tmp_path / "l", "approved", 800)["colours"]
    dark = looked_at(
        site,
        tmp_path / "d",
        "approved",
        800,
        "--blink-settings=preferredColorScheme=0",
    )["colours"]

    assert light != dark
    assert brightness(light[0]) < brightness(light[1])
    assert brightness(dark[0]) > brightness(dark[1])


def brightness(colour):
    """Return the sum of a colour's parts."""
    return sum(int(n) for n in re.findall(r"\d+", colour)[:3])


def test_nothing_is_fetched(site, tmp_path):
    """One request, for the page; what somebody adds to it is neither run nor loaded."""
    address, asked = site

    def visit(name):
        asked.clear()
        _, said = chromium(tmp_path / name, f"{address}/{name}", "--dump-dom")
        return list(asked), said

    # First the instrument: a page without our policy does ask, and speak.
    leaky, spoke = visit("leaky")
    assert "/leak.png" in leaky
    assert "it ran" in " ".join(spoke)

    assert visit("approved") == (["/approved"], [])
    tampered, refused = visit("tampered")
    assert tampered == ["/tampered"]
    assert "it ran" not in " ".join(refused)
    assert "Content Security Policy" in " ".join(refused)


def test_it_prints(site, tmp_path):
    """To a PDF of at least one page."""
    pdf = tmp_path / "report.pdf"

    chromium(tmp_path / "p", f"{site[0]}/approved", f"--print-to-pdf={pdf}")

    assert pdf.read_bytes().startswith(b"%PDF")


def test_a_screenshot_is_not_blank(site, tmp_path):
    """Of the size that was asked for."""
    png = tmp_path / "page.png"

    chromium(
        tmp_path / "p",
        f"{site[0]}/approved",
        f"--screenshot={png}",
        "--window-size=1100,900",
    )

    data = png.read_bytes()
    assert struct.unpack(">II", data[16:24]) == (1100, 900)
    assert len(data) > 30_000

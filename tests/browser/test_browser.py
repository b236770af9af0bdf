"""What a real browser makes of a report.  `make browser` installs Chromium if need be."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import threading
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cleanroom_join.report import render
from cleanroom_join.report.bar_chart import bar_charts
from tests.reference.reports import HELD, example

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
PAGES = {"approved": render(example()), "held": render(example(review=HELD))}
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

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def chromium(folder, address, *options):
    """Open an address and return the document, and what the console said."""
    assert CHROMIUM, "install Chromium: make chromium"
    done = subprocess.run(
        [
            CHROMIUM,
            *[
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ],
            *["--disable-background-networking", "--disable-component-update"],
            *["--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars"],
            *["--enable-logging=stderr", "--virtual-time-budget=5000"],
            # Whatever is elsewhere cannot be found, so it would be an error.
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            f"--user-data-dir={folder}",
            *options,
            address,
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout, re.findall(r"CONSOLE.*", done.stderr)


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
    assert found["charts"] == 5
    assert found["cells"] == 5 * 7
    assert found["width"] <= width
    assert found["styled"] == "992px"  # the style sheet is allowed by its digest


@pytest.mark.parametrize("width", [1100, 390, 360])
def test_bars_are_as_long_as_their_figures(site, tmp_path, width):
    """Of the length that the values say; texts are legible and cover nothing."""
    found = looked_at(site, tmp_path / "p", "approved", width)
    charts = bar_charts(example().published, 100)

    shares = [bar.value / chart.longest for chart in charts for bar in chart.bars]
    assert [share for share, _ in found["bars"]] == pytest.approx(shares, abs=0.01)
    assert all(height >= 8 for _, height in found["bars"])
    assert min(found["tracks"]) > min(width, 500) / 2
    assert found["collided"] == []
    assert found["small"] == []


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

"""The page on opt-outs: for whom it is, what it shows, and what it must not."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from cleanroom_join.report import render_revocation
from cleanroom_join.report.revocation_page import _verdict
from tests.reference.consent_status import ALARMED, group, status


def page(found):
    """Return the page of a status."""
    return render_revocation(found, contract="acme-globex revision 3", days=90)


def text(found):
    """Return the page's text on one line."""
    return " ".join(re.sub("<[^>]+>", " ", page(found).split("</style>")[1]).split())


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "IN TIME"),
        ({"age": 25}, "STALE"),
        ({"age": None}, "NEVER APPLIED"),
        ({"received": (group(24 * 5, None, 1),)}, "DUE SOON"),
        ({"received": (group(24 * 30, None, 1),), "age": 99}, "BREACHED"),
        ({"suspended": (("party", "acme"),)}, "NEEDS ATTENTION"),
    ],
)
def test_the_verdict_is_the_most_urgent(changes, verdict):
    """In two or three words, in title and head."""
    assert _verdict(status(**changes)) == verdict
    assert f"<title>Opt-outs of globex: {verdict}</title>" in page(status(**changes))


def test_the_page_says_who_may_see_it():
    """The party's own privacy officer, and not the partner."""
    assert "For the privacy officer of globex" in text(status())
    assert "Not for the partner" in text(status())


def test_the_bars_are_as_coarse_as_their_texts():
    """A length is the lower limit that stands beside it, and none below k."""
    bars = re.findall(
        r'<title>([^<]+): ([^<]+)</title>.*?class="bar" x="0" width="(\d+)"',
        page(status()).split("</head>")[1],
        re.DOTALL,
    )
    shown = {label: (said, int(width)) for label, said, width in bars}

    assert shown["up to 1 hour"] == ("200 or more", 200)
    assert shown["6 to 24 hours"] == ("5,000 or more", 5_000)
    assert shown["still waiting"] == ("fewer than 100", 0)
    assert shown["longest, of excluded events"] == ("30 hours", 30)
    assert shown["limit: 15 business days"][0] == "19 days or more"


def test_the_page_has_no_exact_count():
    """Not even of what is in quarantine."""
    numbers = set(re.findall(r"\d+", text(ALARMED).replace(",", "")))

    assert not numbers & {"340", "2310", "5400", "180", "8249", "8100", "263", "260"}


def test_names_are_escaped():
    """A reason or an asset cannot add markup."""
    found = status(quarantined={"<b>": 1}, suspended=(("dataset", "<script>"),))

    assert "<b>" not in page(found)
    assert "<script>" not in page(found)


def test_the_page_loads_nothing():
    """No script, no picture, no address; its policy forbids them, too."""
    shown = page(ALARMED)

    assert "default-src &#39;none&#39;" in shown or "default-src 'none'" in shown
    assert not re.search(r"<script|<img|<link|https?://|src=", shown)


def test_without_jinja_it_says_what_to_install():
    """Importing works; rendering names the extra."""
    code = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from cleanroom_join.report import render_revocation\n"
        "try:\n    render_revocation(None, contract='', days=1)\n"
        "except Exception as error:\n    print(error)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "[report]" in done.stdout

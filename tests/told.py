"""What a text tells: numbers that may be counts of few people, tokens and keys."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

from cleanroom_join.contract import OutputType
from cleanroom_join.disclosure import number_text
from cleanroom_join.review.plain_language import NEVER_BY_RULE, protection_notes

_WHOLE = re.compile(r"(?<![\w.,-])\d[\d,]*(?!\w|\.\d)")
"""A whole number, with commas or at the end of a sentence; no part of a word or decimal."""


def small_counts(text, k):
    """
    Return the whole numbers from 1 to k - 1 in a text.

    >>> small_counts("12. of 1,234 in run 7, 0.25 at 0x12; E305, 100 or 099.", 100)
    [12, 7, 99]
    """
    found = (int(number.replace(",", "")) for number in _WHOLE.findall(text))
    return [number for number in found if 0 < number < k]


class Page(HTMLParser):
    """Collects a page's tags and texts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self._open = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        """Expect that the last open one is closed."""
        assert self._open.pop() == tag, f"{tag} closes what is not open"

    def handle_data(self, data):
        """Note a text."""
        if "style" not in self._open and data.strip():
            self.texts.append(" ".join(data.split()))


def unexplained(report, policy, text):
    """
    Return the whole numbers from 1 to k - 1 that nothing but people could explain.

    What follows from contract and policy is taken out of the text word by word, so that
    no number is allowed anywhere else for its sake.  Numbers of rows and combinations,
    of runs and published figures that are no counts may stand where they like.

    Args:
        report: What the text is made of.
        policy: The effective policy.
        text: A summary, or the texts of a page.
    """
    rest = " ".join(text.split())
    for part in sorted(_agreed(report, policy), key=len, reverse=True):
        rest = rest.replace(" ".join(part.split()), " ; ")
    allowed = _of_rows(report.published) if report.published else set()
    return [n for n in small_counts(rest, policy.min_cohort) if n not in allowed]


def _agreed(report, policy):
    """Return the sentences that would be the same whatever the data were."""
    yield from (report.contract, report.purpose, report.output, report.ledger)
    for name, words in report.query:
        yield from (words, f"{name}: {words}")
    for line in report.policy:
        yield f"{line.name} = {line.value}: {line.words}"
        yield from (f"{line.name} {line.value} {line.words}", line.words)
    for rule in report.rules:
        yield from (rule.does, rule.why)
    yield NEVER_BY_RULE
    yield from protection_notes(policy)
    if report.published and report.published.share:
        low, high = report.published.share
        yield f"{low} to {high} % of the subjects"


def _of_rows(published):
    """Return numbers of rows and combinations, of runs, and figures that are no counts."""
    shown, change = published.coverage, published.change
    numbers = {shown.combinations, shown.alone, shown.merged, shown.missing}
    numbers |= {len(published.rows), published.totals}
    numbers |= {size.cells for size in published.sizes}
    numbers |= {merged.combinations for merged in published.coarser}
    if change:
        numbers |= {change.run, change.new, change.gone, change.same, change.different}
    for row in published.rows:
        for value, column in zip(row, published.columns, strict=True):
            if column.type is OutputType.FIGURE:
                text = number_text(value)
            else:
                text = value if isinstance(value, str) else ""
            numbers |= {int(text)} if text.isdigit() else set()
    return numbers


def spellings(secret):
    """Return every way in which bytes are usually written."""
    plain, safe = base64.b64encode(secret), base64.urlsafe_b64encode(secret)
    texts = {code.decode().rstrip("=") for code in (plain, safe)}
    return texts | {secret.hex(), secret.hex().upper(), repr(secret), str(list(secret))}

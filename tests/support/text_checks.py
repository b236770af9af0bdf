"""Scans of a text for what it must not disclose: small counts, tokens and keys."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

from cleanroom_join.contract import OutputType
from cleanroom_join.disclosure import number_text
from cleanroom_join.review.plain_language import (
    NO_COUNTS_BY_RULE,
    TERMS,
    protection_notes,
)
from cleanroom_join.review.summary import budget_text

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
    Return the whole numbers from 1 to k - 1 that only a count of subjects explains.

    Sentences that follow from the contract and the policy are removed from the text
    first, so that their numbers are allowed nowhere else.  Numbers of rows and
    combinations, numbers of runs, and published figures that are no counts are allowed.

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
    """Yield the sentences that are the same whatever the data."""
    yield from (report.contract, report.purpose, report.output, report.ledger)
    yield from report.next_steps
    for name, text in report.query:
        yield from (text, f"{name}: {text}")
    for line in report.policy:
        yield f"{line.name} = {line.value}: {line.meaning}"
        yield from (f"{line.name} {line.value} {line.meaning}", line.meaning)
    for rule in report.rules:
        yield from (rule.does, rule.why)
    yield NO_COUNTS_BY_RULE
    for term, meaning in TERMS:
        yield from (f"{term}: {meaning}", meaning)
    yield from protection_notes(policy)
    if report.published and report.published.share:
        low, high = report.published.share
        yield f"{low} to {high} % of the subjects"
    for use in report.published.budget if report.published else ():
        yield from (budget_text(use), f"{use.line} {use.percent} %")
        yield f"{use.line}: {use.percent} %"


def _of_rows(published):
    """Return numbers of rows and combinations, of runs, and figures that are no counts."""
    covered, comparison = published.coverage, published.comparison
    numbers = {covered.combinations, covered.detailed}
    numbers |= {covered.coarser, covered.unpublished}
    numbers |= {len(published.rows), published.totals, len(published.coarser)}
    numbers.add(len(published.rows) - published.totals - len(published.coarser))
    numbers |= {size.cells for size in published.size_classes}
    numbers |= {cell.combinations for cell in published.coarser}
    if comparison:
        numbers |= {comparison.run, comparison.new, comparison.removed}
        numbers |= {comparison.unchanged, comparison.changed}
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

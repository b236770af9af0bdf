"""Pages beside a rehearsal: one for each query, none over another."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cleanroom_join.cli import reports
from cleanroom_join.errors import MissingExtra, WriteFailed
from cleanroom_join.report import render
from tests.reference.reports import HELD, example


def rehearsal(**reports_of):
    """Return a rehearsal of queries by name, with the report of each."""
    return SimpleNamespace(
        outputs=[
            SimpleNamespace(release=SimpleNamespace(output=name), report=report)
            for name, report in reports_of.items()
        ]
    )


def test_every_release_has_a_page(tmp_path, capsys):
    """Of what was saved or was not approved; the paths are on standard error."""
    expected = {"one": example(), "two": example(review=HELD)}

    reports.write(rehearsal(**expected), tmp_path / "out")

    pages = {name: tmp_path / "out" / name / "report.html" for name in expected}
    for name, report in expected.items():
        assert pages[name].read_text(encoding="utf-8") == render(report)
    assert sorted(tmp_path.rglob("*.html")) == sorted(pages.values())
    out, err = capsys.readouterr()
    assert (out, err) == ("", "".join(f"report: {page}\n" for page in pages.values()))


def test_no_page_is_written_over_another(tmp_path, capsys):
    """The first stays as it is."""
    reports.write(rehearsal(one=example()), tmp_path)

    with pytest.raises(WriteFailed, match="E502"):
        reports.write(rehearsal(one=example(review=HELD)), tmp_path)

    page = tmp_path / "one" / "report.html"
    assert page.read_text(encoding="utf-8") == render(example())


def test_without_the_extra_the_rehearsal_goes_on(tmp_path, capsys, monkeypatch):
    """It says once what to install, and no page is half written."""

    def missing(*_):
        raise MissingExtra.of("report", "a report as HTML")

    monkeypatch.setattr(reports, "save", missing)

    reports.write(rehearsal(one=example(), two=example()), tmp_path)

    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("[report]") == 1
    assert "report: " not in err
    assert not list(tmp_path.rglob("*.html"))

"""The revocation job: whatever order events come in, the state is the same."""

from __future__ import annotations

import pytest

from cleanroom_join.revocation import Action
from tests.spark.revocation_support import Place, event, key_of, lines

pytestmark = pytest.mark.engine

OUT, IN, ERASE = Action.OPT_OUT, Action.OPT_IN, Action.ERASE


@pytest.fixture(scope="module")
def place(spark, tmp_path_factory):
    """Tables and a source that the tests of this file share."""
    return Place(spark, tmp_path_factory.mktemp("job"))


def test_lines_become_the_state(place):
    """The thin path."""
    place.put("one", [*lines(event("a", OUT, 1), event("b", IN, 1)), "rubbish", ""])

    report = place.run()

    assert place.actions() == {key_of("a"): "OPT_OUT", key_of("b"): "OPT_IN"}
    assert (report.batches, report.lines, report.quarantined) == (1, 4, 2)

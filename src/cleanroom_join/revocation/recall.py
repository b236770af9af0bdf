"""
Recall notices: which earlier releases are older than a party's consent state.

Where subjects opt out after a release, the partner must learn of it (11 CCR §7026(f):
a business notifies those to whom it made the information available).  The notice names
releases and no subject.  It must not disclose that one subject left, so it lists every
release that was made with an older consent state than the present one, whether
subjects left since or not, and says of each only a coarse limit of how many.  Versions
of the state are not in it: how many there are between two releases depends on events.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.coarse_counts import coarsen_count
from cleanroom_join.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cleanroom_join.revocation.release_record import ReleaseRecord

__all__ = ["PresentState", "RecallNotice", "RecalledRelease", "recall"]

SCHEMA = "cleanroom-join recall notice 1"

_HEAD = """\
RECALL NOTICE of {party}, contract {contract}

The consent of our subjects is applied as of {state}. The releases below were
made with an older state: subjects who opted out since may have been among those whom
their figures are about. Use the next release instead, and begin nothing new with these.
"""
_RELEASE = """\
{output} of {made}, contract revision {revision}
  release         {digest}
  excluded since  {since} of our subjects, in the release or not"""
_NO_RELEASE = "No release that we know of is older than this state."
_FOOT = """\
This notice lists every release that is older than the state, also where no subject left
since: fewer than {k} may be none. It names no subject and counts none exactly.
"""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PresentState:
    """What is known of a party's consent state now; secret."""

    version: int
    """Of the table."""
    time: dt.datetime
    """Its heartbeat."""
    excluded_since: Mapping[dt.datetime | None, int]
    """
    How many subjects are excluded now and were not at some earlier times.

    For None, how many are excluded now.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class RecalledRelease:
    """One release that is older than the consent state."""

    release: ReleaseRecord
    excluded_since: str
    """How many of the party's subjects are excluded since, as a coarse limit."""

    def text(self) -> str:
        """Return the lines of the notice about it."""
        release = self.release
        made = "a day that is not recorded" if release.as_of is None else release.as_of
        return _RELEASE.format(
            output=printable(release.output),
            revision=release.contract_revision,
            digest=release.release_sha256,
            made=made,
            since=self.excluded_since,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RecallNotice:
    """A notice of one party to its partner."""

    party: str
    contract_id: str
    min_cohort: int
    state_time: dt.datetime
    """Time of the party's consent state that the releases are compared with."""
    releases: tuple[RecalledRelease, ...]

    def as_json(self) -> dict[str, object]:
        """Return the notice as canonical JSON can hold it."""
        return {
            "schema": SCHEMA,
            "party": self.party,
            "contract_id": self.contract_id,
            "min_cohort": self.min_cohort,
            "consent_as_of": self._state,
            "releases": [
                {
                    "release_sha256": one.release.release_sha256,
                    "output": one.release.output,
                    "contract_revision": one.release.contract_revision,
                    "as_of": one.release.as_of and one.release.as_of.isoformat(),
                    "excluded_since": one.excluded_since,
                }
                for one in self.releases
            ],
        }

    def text(self) -> str:
        """Return the notice as text, for the partner."""
        head = _HEAD.format(
            party=printable(self.party),
            contract=printable(self.contract_id),
            state=self._state,
        )
        listed = "\n".join(one.text() for one in self.releases) or _NO_RELEASE
        return f"{head}\n{listed}\n\n{_FOOT.format(k=f'{self.min_cohort:,}')}"

    @property
    def _state(self) -> str:
        """Time of the present state, of whole seconds."""
        return f"{self.state_time.astimezone(dt.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def recall(
    releases: Iterable[ReleaseRecord],
    present: PresentState,
    *,
    party: str,
    contract_id: str,
    min_cohort: int,
    max_age_hours: int,
) -> RecallNotice:
    """
    Return the notice of a party about releases of a contract.

    Args:
        releases: All releases that the party knows.  Those of other contracts are left
            out: a partner has a notice for each contract.
        present: The party's consent state now, with a count for each time that
            `ReleaseRecord.applied_until` returns.
        party: Whose consent state it is.
        contract_id: Of the contract.
        min_cohort: k of the contract.
        max_age_hours: How old a state the contract allows.
    """
    known = {r.release_sha256: r for r in releases if r.contract_id == contract_id}
    listed = [
        RecalledRelease(
            release=release,
            excluded_since=coarsen_count(
                present.excluded_since[release.applied_until(max_age_hours)], min_cohort
            ),
        )
        for release in known.values()
        # A table that was made anew has other versions, perhaps lower ones.
        if release.consent.get(party) != present.version
    ]
    return RecallNotice(
        party=party,
        contract_id=contract_id,
        min_cohort=min_cohort,
        state_time=present.time,
        releases=tuple(sorted(listed, key=_order)),
    )


def _order(one: RecalledRelease) -> tuple[dt.date, str]:
    """Return what releases are listed by: unknown days first, then the oldest."""
    return one.release.as_of or dt.date.min, one.release.release_sha256

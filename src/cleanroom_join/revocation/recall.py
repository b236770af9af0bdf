"""
Recall notices: which earlier releases are older than a party's consent state.

Where subjects opt out after a release, the partner must learn of it (11 CCR §7026(f):
a business notifies those to whom it made the information available).  The notice names
releases and no subject.  It must not disclose that one subject left, so it lists every
release that was made with an older consent state than the present one, whether
subjects left since or not, and says of each only a coarse limit of how many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanroom_join.disclosure.coarse_counts import coarsen_count
from cleanroom_join.errors import printable
from cleanroom_join.revocation.release_record import consent_document

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from cleanroom_join.revocation.release_record import ReleaseRecord

__all__ = ["RecallNotice", "RecalledRelease", "recall", "state_times"]

SCHEMA = "cleanroom-join recall notice 1"

_HEAD = """\
RECALL NOTICE of {party}, contract {contract}

The consent of our subjects is applied as of {state}. The releases below were
made with an older state: subjects who opted out since may have been among those whom
their figures are about. Use the next release instead, and begin nothing new with these.
"""
_RELEASE = """\
{output}, contract revision {revision}
  release         {digest}
  consent as of   {made}
  excluded since  {since} of our subjects, in the release or not"""
_NO_RELEASE = "No release that we know of is older than this state."
_FOOT = """\
This notice lists every release that is older than the state, also where no subject left
since: fewer than {k} may be none. It names no subject and counts none exactly.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecalledRelease:
    """One release that is older than the consent state."""

    release: ReleaseRecord
    state_time: dt.datetime | None
    """Of the party's consent state that its run read; None if nobody recorded it."""
    excluded_since: str
    """How many of the party's subjects are excluded since, as a coarse limit."""

    def text(self) -> str:
        """Return the lines of the notice about it."""
        made = "not recorded" if self.state_time is None else _time(self.state_time)
        release = self.release
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
            "consent_state": _time(self.state_time),
            "releases": [
                {
                    "release_sha256": one.release.release_sha256,
                    "output": one.release.output,
                    "contract_revision": one.release.contract_revision,
                    "consent_state": one.state_time and _time(one.state_time),
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
            state=_time(self.state_time),
        )
        listed = "\n".join(one.text() for one in self.releases) or _NO_RELEASE
        return f"{head}\n{listed}\n\n{_FOOT.format(k=f'{self.min_cohort:,}')}"


def state_times(
    releases: Iterable[ReleaseRecord], party: str
) -> tuple[dt.datetime, ...]:
    """Return the times of a party's consent states that releases were made with."""
    times = {r.consent[party] for r in releases if party in r.consent}
    return tuple(sorted(times))


def recall(
    releases: Iterable[ReleaseRecord],
    *,
    party: str,
    contract_id: str,
    min_cohort: int,
    state_time: dt.datetime,
    excluded_since: Mapping[dt.datetime | None, int],
) -> RecallNotice:
    """
    Return the notice of a party about releases of a contract.

    Args:
        releases: All releases that the party knows; those of other contracts count for
            notices of their own.
        party: Whose consent state it is.
        contract_id: Of the contract.
        min_cohort: k of the contract.
        state_time: Time of the party's present state.
        excluded_since: For each time of an earlier state, how many subjects are
            excluded now and were not then; for None, how many are excluded now.
    """
    known = {r.release_sha256: r for r in releases if r.contract_id == contract_id}
    listed = []
    for release in known.values():
        time = release.consent.get(party)
        if time is None or time < state_time:
            limit = coarsen_count(excluded_since[time], min_cohort)
            listed.append(
                RecalledRelease(release=release, state_time=time, excluded_since=limit)
            )
    return RecallNotice(
        party=party,
        contract_id=contract_id,
        min_cohort=min_cohort,
        state_time=state_time,
        releases=tuple(sorted(listed, key=_order)),
    )


def _order(one: RecalledRelease) -> tuple[str, str]:
    """Return what releases are listed by: unknown states first, then the oldest."""
    time = "" if one.state_time is None else _time(one.state_time)
    return time, one.release.release_sha256


def _time(time: dt.datetime) -> str:
    """Return a time as the records have it."""
    return consent_document({"": time})[""]

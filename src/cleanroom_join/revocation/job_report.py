"""What a run of the revocation job says when it has ended."""

from __future__ import annotations

from dataclasses import dataclass

from cleanroom_join.disclosure.coarse_counts import coarsen_count

__all__ = ["JobReport"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class JobReport:
    """
    Counts of lines of the batches that one run applied.

    A line is no subject.  But whoever knows when somebody opted out could read a small
    count as an answer, or the difference of two.  So every text of this report has
    coarse counts, none below *k*.

    Attributes:
        batches: Batches that were applied.
        lines: All lines; each is an event or in quarantine.
        events: Good events.
        quarantined: Lines in quarantine, those that count as opt-outs included.
        inferred: Of these, the ones that count as an opt-out or a suspension.
        k: Fewest lines that are stated.
    """

    batches: int
    lines: int
    quarantined: int
    inferred: int
    k: int

    @property
    def events(self) -> int:
        """Good events."""
        return self.lines - self.quarantined

    @property
    def alert(self) -> str | None:
        """What an operator must look at; None if no line is in quarantine."""
        if not self.quarantined:
            return None
        return (
            f"{self._shown(self.quarantined)} lines are in quarantine, of which"
            f" {self._shown(self.inferred)} count as opt-outs: look at the reasons in"
            " consent_events, and at what sends such lines."
        )

    def __str__(self) -> str:
        """Return the counts on one line, each coarse."""
        counts = {
            "lines": self.lines,
            "events": self.events,
            "in quarantine": self.quarantined,
            "inferred": self.inferred,
        }
        shown = ", ".join(f"{self._shown(n)} {what}" for what, n in counts.items())
        return f"{self.batches:,} batches: {shown}"

    def __repr__(self) -> str:
        """Return what `str` does: no count below k."""
        return f"JobReport({self})"

    def _shown(self, count: int) -> str:
        """Return a coarse count; none below k."""
        return coarsen_count(count, self.k)

"""Errors of consent: a state that no run may rely on, or a job that must not go on."""

from __future__ import annotations

from cleanroom_join.errors.base import CleanRoomJoinError, printable

__all__ = ["ConsentRefused"]


class ConsentRefused(CleanRoomJoinError):
    """Consent is unknown, out of date or suspended: mend the revocation job first."""

    code = "E600"

    @classmethod
    def unsupported_engine(cls) -> ConsentRefused:
        """Say on which Spark the job runs."""
        return cls(
            "the revocation job needs Spark 4, or Spark 3.5 in classic mode: Spark"
            " Connect 3.5 has no MERGE for a frame.",
            hint="run the job on compute with a newer Spark; the clean room itself may"
            " stay on 3.5.",
            code="E600",
        )

    @classmethod
    def short_retention(
        cls, table: str, hours: int, longest: int, key: str
    ) -> ConsentRefused:
        """Say that VACUUM could delete files under a job that reads them."""
        return cls(
            f'the Gold table of "{printable(table)}" keeps old files for {hours} hours;'
            f" a job may read it for {longest}.",
            hint=f"set the table's property {key} to 'interval {longest} hours' or more"
            " and erase again; if nobody reads the table, pass a longest_job of zero.",
            code="E620",
        )

    @classmethod
    def missing_folder(cls, named: str) -> ConsentRefused:
        """Say which folder of an erasure is not there."""
        return cls(
            f"{named} is no folder that this process reaches.",
            hint="correct its path: an erasure searches every folder that it is given.",
            code="E621",
        )

    @classmethod
    def unknown_retention(cls, table: str, key: str) -> ConsentRefused:
        """Say that a table's retention is not understood."""
        return cls(
            f'the property {key} of the table of "{printable(table)}" is no interval of'
            " weeks, days, hours, minutes and seconds.",
            hint=f"ALTER TABLE … SET TBLPROPERTIES ('{key}' = 'interval 168 hours')",
            code="E622",
        )

    @classmethod
    def not_erasable(cls, asset: str, why: str) -> ConsentRefused:
        """Say which asset an erasure cannot be about."""
        return cls(
            f'"{printable(asset)}" {printable(why)}.',
            hint="gold maps asset names of this party to table names, such as"
            " catalog.schema.table.",
            code="E623",
        )

    @classmethod
    def undeletable_files(cls, named: str) -> ConsentRefused:
        """Say where applied files cannot be deleted."""
        return cls(
            f"{named} has files with the token of an erased subject, and they cannot be"
            " deleted.",
            hint="run the erasure as a user who may delete files there.",
            code="E624",
        )

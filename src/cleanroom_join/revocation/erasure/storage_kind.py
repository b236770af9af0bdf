"""What the files are for that a party stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.described import Described

if TYPE_CHECKING:
    from pathlib import PurePath

__all__ = ["StorageKind", "kind_in_table"]


class StorageKind(Described):
    """What a searched file is for; rows are searched by a query."""

    ROWS = "rows", "The rows of the newest version, by a query."
    DATA = "data files", "Files of rows, of the newest version and of older ones."
    CHANGES = "change data", "Files of Delta's change data feed."
    DELETIONS = "deletion vectors", "Files that mark rows of data files as deleted."
    LOG = "log", "Delta's log: commits, checksums, checkpoints, their sidecars."
    OTHER = "other files", "Files in the folder of a table that are none of Delta's."
    STREAM = "streaming checkpoint", "What the revocation job's stream remembers."
    LANDING = "landing folder", "Files of events before they are applied."
    ARCHIVE = "archive", "Files of events that are applied."

    @property
    def expires(self) -> bool:
        """Whether VACUUM deletes these files once the retention is over."""
        return self in (StorageKind.DATA, StorageKind.CHANGES, StorageKind.DELETIONS)


def kind_in_table(path: PurePath) -> StorageKind:
    """
    Return what a file in the folder of a Delta table is.

    Args:
        path: Its path from that folder.

    Examples:
        >>> from pathlib import PurePath
        >>> kind_in_table(PurePath("_delta_log/00000000000000000001.crc"))
        <StorageKind.LOG: 'log'>
    """
    first, name = path.parts[0], path.name
    # Hadoop's checksum of a file is `.name.crc` beside it.
    checksum = name.startswith(".") and name.endswith(".crc")
    own = name[1:-4] if checksum else name
    if first == "_delta_log":
        return StorageKind.LOG
    if own.startswith("deletion_vector_") and own.endswith(".bin"):
        return StorageKind.DELETIONS
    if not own.endswith(".parquet"):
        return StorageKind.OTHER
    return StorageKind.CHANGES if first == "_change_data" else StorageKind.DATA

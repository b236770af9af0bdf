"""
The commands about consent: apply events, look at the job, tell the partner.

No exact count and no token may come out, and nothing here decides.
"""

from __future__ import annotations

from cleanroom_join.cli.revocation.commands import add_to

__all__ = ["add_to"]

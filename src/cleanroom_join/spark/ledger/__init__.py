"""
The ledger as Delta tables, encrypted under the joint key of both parties.

No identifier and no token key; `disclosure.ledger` says what an entry holds.
"""

from __future__ import annotations

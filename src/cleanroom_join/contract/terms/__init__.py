"""
The nouns of a contract, as frozen values: columns, policy, assets, outputs, queries.

No TOML and no judgement may come in: `contract.document` makes these values,
`contract.check` compares them with each other.
"""

from __future__ import annotations

"""The text of a contract from those parts in which made-up contracts differ."""

from __future__ import annotations

__all__ = ["fill_template"]

_TEMPLATE = """\
schema = 1
id = "{id}"
revision = 1
purpose = "{purpose}"
expires = {expires}

[parties.{creator}]
role = "creator"
[parties.{collaborator}]
role = "collaborator"

{policy}
{subjects}

[ledger]
party = "{creator}"
table = "{ledger_schema}.ledger"
anchor = "{ledger_schema}.anchor"
secret = "{ledger_schema}.secret"

[tokens]
spec = "token-v1"
keys = [{{ id = "k1", state = "active" }}]

{assets}
{outputs}"""


def fill_template(
    *,
    name: str,
    purpose: str,
    parties: tuple[str, str],
    subjects: str,
    assets: str,
    outputs: str,
    policy: str | None = None,
    expires: str = "2099-12-31",
    ledger_schema: str = "state",
) -> str:
    """
    Return a contract of two parties for a test, a benchmark or the attack suite.

    Nothing is checked here; `Contract.from_toml` does.

    Args:
        name: Its id.
        purpose: What it is for.
        parties: The creator, who runs the room and keeps the ledger, and the other.
        subjects: The tables ``[subjects.NAME]`` as TOML.
        assets: The tables ``[assets.NAME]`` as TOML.
        outputs: The tables ``[outputs.NAME]`` as TOML.
        policy: Lines for ``[policy]``; without them there is no such table.
        expires: Its last day, as TOML.
        ledger_schema: The schema that the tables of the ledger are in.
    """
    creator, collaborator = parties
    return _TEMPLATE.format(
        id=name,
        purpose=purpose,
        expires=expires,
        creator=creator,
        collaborator=collaborator,
        policy="" if policy is None else f"[policy]\n{policy}\n",
        subjects=subjects,
        ledger_schema=ledger_schema,
        assets=assets,
        outputs=outputs,
    )

"""What the check of a contract prints: digest, effective policy, ledger, outputs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Column, Table

from cleanroom_join.cli.console import print_json, wide_console
from cleanroom_join.cli.show_noise import noise_lines
from cleanroom_join.contract import Reveal, resolve
from cleanroom_join.contract.document.json_schema import schema_text
from cleanroom_join.contract.terms.policy import Policy, weaker_settings
from cleanroom_join.contract.terms.settings import SETTINGS
from cleanroom_join.crypto.library_digest import library_digest
from cleanroom_join.disclosure.budget.forecast import RHYTHMS, fewest_subjects
from cleanroom_join.review.plain_language import protection_notes

if TYPE_CHECKING:
    from rich.console import Console

    from cleanroom_join.contract import Contract, RevocationTerms
    from cleanroom_join.contract.terms.model import LedgerTerms, Measure, Output

__all__ = ["contract", "contract_json", "policy_json", "schema"]

_NO_LEDGER = (
    "Nothing can be released under this contract: it has no [ledger], and without a"
    " record of earlier releases no release is approved."
)

_BUDGET = (
    "Of a cell that is published again, the subjects that changed count. A cell that"
    " costs more than is left shows its earlier figures, or none. Subjects in several"
    " cells use the budget up sooner."
)

_UNKNOWN = "unknown: the files of the installed package cannot be read"

_SHOWN = {
    Reveal.AT_ONCE: "at once",
    Reveal.CONFIRMED: "once the other party has confirmed the entry",
}


def contract(agreed: Contract, *, as_json: bool) -> None:
    """Print a contract's digest, effective policy, ledger and outputs."""
    if as_json:
        print_json(contract_json(agreed))
        return
    console = wide_console()
    terms = agreed.terms
    console.print(
        f"{escape(terms.id)} revision {terms.revision}, until {terms.expires}"
    )
    # Each on a line of its own, which nothing may break: the anchor takes both.
    console.print(f"digest {agreed.digest}", soft_wrap=True)
    console.print(f"library {library_digest() or _UNKNOWN}", soft_wrap=True)
    console.print(_settings(agreed.policy))
    for note in protection_notes(agreed.policy):
        console.print(note)
    for line in noise_lines(agreed.policy):
        console.print(line, highlight=False)
    _outputs(console, agreed)
    console.print(_budget(agreed))
    console.print(_BUDGET, highlight=False)
    if terms.ledger is None:
        console.print(f"[bold red]! {escape(_NO_LEDGER)}[/]")
    else:
        console.print(f"ledger: {escape(_ledger(terms.ledger))}")
    if terms.revocation is not None:
        text = _revocation(terms.revocation)
        console.print(f"revocation: {escape(text)}", highlight=False)


def schema() -> None:
    """Print the JSON Schema of a contract."""
    sys.stdout.write(schema_text())


def _settings(policy: Policy) -> Table:
    """Return the effective policy; beside it, defaults that are not in force."""
    table = Table("setting", "effective", "default")
    usual, weaker = Policy(), weaker_settings(policy)
    for setting in SETTINGS:
        value, default = (getattr(p, setting.name) for p in (policy, usual))
        beside = "" if value == default else f"{default}"
        if setting in weaker:
            beside = f"[yellow]{default}: this is weaker[/]"
        table.add_row(".".join(setting.path), str(value), beside)
    for name in ("protection", "differencing"):
        value, default = (getattr(p, name).value for p in (policy, usual))
        table.add_row(name, value, "" if value == default else default)
    return table


def _outputs(console: Console, agreed: Contract) -> None:
    """Print the registered outputs."""
    heads = ("output", "joins", "grouped by", "totals", "measures")
    # Names are folded where they are too long: half of one is no name.
    table = Table(*(Column(head, overflow="fold") for head in heads))
    for output in agreed.terms.outputs.values():
        table.add_row(
            escape(output.name),
            escape(f"{', '.join(output.join)} on {output.joined_on_text}"),
            escape(", ".join(output.group_by)),
            escape("\n".join(map(_total, output.totals)) or "none"),
            escape("\n".join(map(_measure, output.measures))),
        )
    console.print(table)


def _budget(agreed: Contract) -> Table:
    """Return for each output how large its cells must be for the budget to last."""
    table = Table(
        Column("budget: new figures for a year", overflow="fold"),
        *(Column(rhythm, justify="right") for rhythm in RHYTHMS),
    )
    for name, sizes in _forecast(agreed).items():
        table.add_row(escape(name), *(f"cells of {n:,}" for n in sizes.values()))
    return table


def _forecast(agreed: Contract) -> dict[str, dict[str, int]]:
    """Return the fewest subjects of a cell, by output and rhythm."""
    return {
        name: {
            rhythm: fewest_subjects(resolve(agreed, output), agreed.policy, releases)
            for rhythm, releases in RHYTHMS.items()
        }
        for name, output in agreed.terms.outputs.items()
    }


def _total(kept: tuple[str, ...]) -> str:
    """Return which dimensions a total keeps."""
    return f"per {', '.join(kept)}" if kept else "of everything"


def _measure(measure: Measure) -> str:
    """Return a measure as a query would write it."""
    return f"{measure.name} = {measure.function.value}({measure.column or ''})"


def _ledger(ledger: LedgerTerms) -> str:
    """Return where the record of earlier releases is."""
    table = f"{ledger.party}'s {ledger.table}, confirmed in {ledger.anchor}"
    return f"{table}; figures are shown {_SHOWN[ledger.reveal]}"


def _revocation(revocation: RevocationTerms) -> str:
    """Return whose consent states a run asks, and how fresh they must be."""
    states = [f"{party}'s {table}" for party, table in revocation.tables.items()]
    return (
        f"{' and '.join(states)}, at most {revocation.max_age_hours:,} hours old; an"
        f" opt-out is excluded within {revocation.within_business_days} business days"
    )


def contract_json(agreed: Contract) -> dict[str, object]:
    """Return what `contract` prints as JSON."""
    terms = agreed.terms
    return {
        "id": terms.id,
        "revision": terms.revision,
        "expires": terms.expires.isoformat(),
        "sha256": agreed.digest,
        "library_sha256": library_digest(),
        "policy": policy_json(agreed.policy),
        "ledger": None
        if terms.ledger is None
        else {
            "party": terms.ledger.party,
            "table": terms.ledger.table,
            "anchor": terms.ledger.anchor,
            "secret": terms.ledger.secret,
            "reveal": terms.ledger.reveal.value,
        },
        "revocation": None
        if terms.revocation is None
        else {
            "max_age_hours": terms.revocation.max_age_hours,
            "tables": dict(terms.revocation.tables),
            "on_suspension": terms.revocation.on_suspension.value,
            "within_business_days": terms.revocation.within_business_days,
        },
        "outputs": [_output_json(output) for output in terms.outputs.values()],
        "budget": _forecast(agreed),
        "warnings": [_NO_LEDGER] if terms.ledger is None else [],
    }


def policy_json(policy: Policy) -> dict[str, str]:
    """Return the effective policy; numbers as text, since JSON has no decimals."""
    values = {s.name: str(getattr(policy, s.name)) for s in SETTINGS}
    values["protection"] = policy.protection.value
    values["differencing"] = policy.differencing.value
    return values


def _output_json(output: Output) -> dict[str, object]:
    """Return one registered output."""
    return {
        "name": output.name,
        "join": list(output.join),
        "on": list(output.joined_on) if output.then_on else output.on,
        "group_by": list(output.group_by),
        "totals": [list(kept) for kept in output.totals],
        "measures": [
            {"name": m.name, "function": m.function.value, "column": m.column}
            for m in output.measures
        ],
    }

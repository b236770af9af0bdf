"""Whether the terms of a contract fit together: every name, key, party and column."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cleanroom_join.contract.check.added_columns import added_columns
from cleanroom_join.contract.check.bounded_contributions import check_contribution
from cleanroom_join.contract.check.columns import check_column
from cleanroom_join.contract.check.consent_tables import check_consent_tables
from cleanroom_join.contract.check.joined_on import check_kinds_differ
from cleanroom_join.contract.check.names import check_declared
from cleanroom_join.contract.check.outputs import check_output
from cleanroom_join.contract.check.raw_columns import check_raw_columns
from cleanroom_join.contract.check.tables import check_tables
from cleanroom_join.contract.terms.identifier import DateFormat, Holds, TokenKind
from cleanroom_join.contract.terms.model import KeyState, Role
from cleanroom_join.errors import Problem, did_you_mean, named, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.contract.terms.columns import SubjectColumn
    from cleanroom_join.contract.terms.model import Asset, ContractTerms
    from cleanroom_join.contract.terms.policy import Policy

__all__ = ["check_terms"]


def check_terms(terms: ContractTerms, policy: Policy) -> list[Problem]:
    """Return every contradiction between the terms of a contract."""
    problems = [*check_contribution(policy), *_parties(terms), *_keys(terms)]
    problems += _subjects(terms)
    problems += _registers(terms)
    problems += _ledger(terms)
    for asset in terms.assets.values():
        problems += _asset(asset, terms)
    problems += check_tables(terms)
    problems += check_consent_tables(terms)
    for output in terms.outputs.values():
        problems += check_output(output, terms.assets, policy)
        problems += check_kinds_differ(output, terms.subjects)
    return problems


def _parties(terms: ContractTerms) -> Iterator[Problem]:
    """Yield that there are not two parties, or not one creator."""
    roles = Counter(party.role for party in terms.parties.values())
    if len(terms.parties) != 2:  # noqa: PLR2004 - a collaboration has two sides
        yield Problem("parties", f"must be two, got {len(terms.parties)}", "E116")
    elif roles[Role.CREATOR] != 1:
        yield Problem(
            "parties",
            "one must be creator, the other collaborator",
            "E116",
            [f"parties.{printable(name)}.role" for name in terms.parties],
        )


def _keys(terms: ContractTerms) -> Iterator[Problem]:
    """Yield that there is not one active key, or that an id is used twice."""
    keys = terms.tokens.keys
    active = sum(key.state is KeyState.ACTIVE for key in keys)
    if active != 1:
        text = f"need exactly one active key, got {active}"
        about = [f"tokens.keys[{index}]" for index in range(len(keys))]
        yield Problem("tokens.keys", text, "E116", about)
    for index, key in enumerate(keys):
        if key.id in [other.id for other in keys[:index]]:
            yield Problem(f"tokens.keys[{index}].id", "is used twice", "E116")


def _subjects(terms: ContractTerms) -> Iterator[Problem]:
    """Yield subjects whose identifier many people share, and options out of place."""
    for subject in terms.subjects.values():
        path = f"subjects.{printable(subject.name)}"
        if len(subject.kinds) == 1 and not subject.kinds[0].identifies_alone:
            kind = subject.kinds[0].value
            text = f'"{kind}" identifies no subject by itself: list several kinds'
            yield Problem(f"{path}.kind", text, "E116")
        if subject.providers is not None and TokenKind.EMAIL not in subject.kinds:
            yield Problem(f"{path}.providers", "is for e-mail addresses only", "E116")


def _registers(terms: ContractTerms) -> Iterator[Problem]:
    """Yield columns of one subject's registrations that name another country."""
    for subject in terms.subjects.values():
        if TokenKind.REGISTRATION not in subject.kinds:
            continue
        columns = [
            (f"assets.{printable(asset.name)}.columns.{printable(column.name)}", column)
            for asset in terms.assets.values()
            for column in asset.subject_columns()
            if column.subject == subject.name
        ]
        for path, column in columns:
            if column.country != columns[0][1].country:
                text = (
                    f'must be that of "{printable(subject.name)}" in the other tables:'
                    " separators count in some countries only"
                )
                yield Problem(f"{path}.country", text, "E116")


def _ledger(terms: ContractTerms) -> Iterator[Problem]:
    """Yield names in the ledger's terms that are not declared."""
    if terms.ledger is None:
        return
    yield from _party(terms.ledger.party, terms, "ledger.party")
    for index, name in enumerate(terms.ledger.kinds_apart):
        path = f"ledger.kinds_apart[{index}]"
        yield from check_declared(name, terms.subjects, "subject", path, "subjects")


def _party(name: str, terms: ContractTerms, path: str) -> Iterator[Problem]:
    """Yield that a party is not declared; nothing where parties are not two."""
    if len(terms.parties) == 2:  # noqa: PLR2004 - else that is to be mended first
        yield from check_declared(name, terms.parties, "party", path, "parties")


def _sources(
    column: SubjectColumn, terms: ContractTerms, path: str
) -> Iterator[Problem]:
    """Yield that raw columns do not match the kinds, and options out of place."""
    subject = terms.subjects.get(column.subject)
    if subject is None:
        return
    components = subject.identifier.components
    if len(column.sources) != len(components):
        yield Problem(
            f"{path}.source",
            f"must name {len(components)} raw column(s), one per component of"
            f' "{printable(subject.name)}", got {len(column.sources)}',
            "E116",
        )
    yield from _options(column, components, path)


def _options(
    column: SubjectColumn, components: tuple[TokenKind, ...], path: str
) -> Iterator[Problem]:
    """Yield what a column declares although none of its kinds has the option."""
    holds_hashes = column.holds is Holds.HASH
    countries = (TokenKind.PHONE, TokenKind.REGISTRATION)
    read = [
        kind
        for kind in components
        if kind in countries or (kind.hash_of in countries and not holds_hashes)
    ]
    if column.country is not None and not read:
        text = "is for telephone numbers and registrations only"
        if holds_hashes:
            text += ", and this column holds hashes"
        yield Problem(f"{path}.country", text, "E116")
    if holds_hashes and not any(kind.hash_of for kind in components):
        hashed = next(kind for kind in TokenKind if kind.hash_of)
        text = f'is for published hashes only: a kind such as "{hashed.value}"'
        yield Problem(f"{path}.holds", text, "E116")
    if (
        column.date_format is not DateFormat.ISO
        and TokenKind.DATE_OF_BIRTH not in components
    ):
        yield Problem(f"{path}.date_format", "is for dates of birth only", "E116")


def _asset(asset: Asset, terms: ContractTerms) -> Iterator[Problem]:
    """Yield what is wrong with one shared table."""
    path = f"assets.{printable(asset.name)}"
    if asset.party:
        yield from _party(asset.party, terms, f"{path}.party")
    carried = Counter(c.subject for c in asset.subject_columns() if c.subject)
    for own in asset.columns.values():
        yield from check_column(own, f"{path}.columns.{printable(own.name)}")
    for column in asset.subject_columns():
        here = f"{path}.columns.{printable(column.name)}"
        yield from _sources(column, terms, here)
        if column.subject:
            yield from check_declared(
                column.subject, terms.subjects, "subject", f"{here}.subject", "subjects"
            )
        if carried[column.subject] > 1:
            yield Problem(here, "a table has one column per subject", "E116")
    if not asset.subject_columns():
        text = "need a subject column to join on"
        yield Problem(f"{path}.columns", text, "E116", [f"{path}.columns"])
    if asset.one_row_per and asset.one_row_per not in carried:
        near = did_you_mean(asset.one_row_per, carried)
        text = f"{named(asset.one_row_per)} is no subject of this table{near}"
        about = [f"{path}.columns.{printable(c.name)}" for c in asset.columns.values()]
        yield Problem(f"{path}.one_row_per", text, "E115", about)
    yield from check_raw_columns(asset, terms.subjects, path)
    # Spark ignores case in names of columns, so two names must differ in more.
    folded = Counter(
        name.lower() for name in (*asset.columns, *added_columns(asset, terms))
    )
    for name in asset.columns:
        if folded[name.lower()] > 1:
            yield Problem(
                f"{path}.columns.{printable(name)}",
                "is also another column, or differs only in case",
                "E116",
            )

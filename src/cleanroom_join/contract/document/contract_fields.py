"""Every key of a contract, from the top down; reading starts at `CONTRACT`."""

from __future__ import annotations

from dataclasses import dataclass

from cleanroom_join.contract.document.column_fields import COLUMN, MOST_COMPONENTS
from cleanroom_join.contract.document.ledger_fields import LEDGER
from cleanroom_join.contract.document.lists import OneOrMore
from cleanroom_join.contract.document.often_written import KINDS
from cleanroom_join.contract.document.output_fields import OUTPUT
from cleanroom_join.contract.document.policy_fields import PARTY_POLICY, SHARED_POLICY
from cleanroom_join.contract.document.records import (
    Field,
    NamedRecords,
    Record,
    RecordList,
)
from cleanroom_join.contract.document.revocation_fields import REVOCATION
from cleanroom_join.contract.document.scalars import (
    Choice,
    Date,
    Option,
    Text,
    described,
    whole_number,
)
from cleanroom_join.contract.terms.identifier import TokenKind
from cleanroom_join.contract.terms.model import (
    Asset,
    ContractTerms,
    Key,
    KeyState,
    Membership,
    Party,
    Role,
    Subject,
    TokenSettings,
)
from cleanroom_join.contract.terms.names import (
    COLUMN_NAME,
    NAME,
    SLUG,
    TABLE_NAME,
    Pattern,
)
from cleanroom_join.contract.terms.policy import Policy, PolicyOverrides
from cleanroom_join.contract.token_format import KEY_ID_PATTERN

__all__ = ["CONTRACT", "ContractDocument"]

_KEY_ID = Pattern(KEY_ID_PATTERN, "1 to 16 lower-case letters or digits")
_DIGEST = Pattern(r"[0-9a-f]{64}", "64 lower-case hexadecimal digits")


def _constant(text: str) -> Choice:
    """Return the choice of the one text that this version knows."""
    return Choice({text: Option(text)})


_PARTY = Record(
    Party,
    (
        Field("role", described(Role), "Which side the party is on."),
        Field(
            "policy",
            PARTY_POLICY,
            "Where the party asks for more protection than the shared policy; never for"
            " less.",
            default=PolicyOverrides(),
            into="overrides",
        ),
    ),
)

_SUBJECT = Record(
    Subject,
    (
        Field(
            "kind",
            # E-mail addresses are folded to mailboxes by naming the table.
            OneOrMore(
                described(
                    (k for k in TokenKind if k is not TokenKind.EMAIL_MAILBOX),
                    called=KINDS,
                ),
                MOST_COMPONENTS,
            ),
            "What identifies a subject; several kinds in a list identify it together,"
            ' and one may be in it twice: `["name", "name", "date_of_birth"]`.',
            into="kinds",
            called=("type", "identifier"),
        ),
        Field(
            "providers",
            _constant("email_provider_v1"),
            "The table of mail providers by which spellings of one mailbox are one.",
            default=None,
        ),
    ),
)

_KEY = Record(
    Key,
    (
        Field("id", Text(_KEY_ID), "The id of the key, with which its tokens begin."),
        Field("state", described(KeyState), "Whether tokens of the key are accepted."),
    ),
)

_TOKENS = Record(
    TokenSettings,
    (
        Field(
            "spec",
            _constant("token-v1"),
            "The specification by which both parties make tokens.",
        ),
        Field(
            "keys",
            RecordList(_KEY),
            "The token keys by their ids, exactly one of them active; no key itself is"
            " in the contract.",
        ),
        Field(
            "vectors_sha256",
            Text(_DIGEST),
            "The digest of the test vectors that both parties ran.",
            default=None,
        ),
    ),
)

_ASSET = Record(
    Asset,
    (
        Field("party", Text(NAME), "The party that shares the table."),
        Field("table", Text(TABLE_NAME), "The table in that party's catalog."),
        Field(
            "columns",
            NamedRecords(
                COLUMN_NAME,
                COLUMN,
                "; a raw column of any other name is named by the key `source`",
            ),
            "Every column of the table; one that is not declared is refused.",
        ),
        Field(
            "one_row_per",
            Text(NAME),
            "The kind of subject that has at most one row, which is checked in the"
            " room.",
            default=None,
        ),
        Field(
            "consent",
            Text(),
            "A raw boolean column; rows where it is not true are not shared.",
            default=None,
        ),
        Field(
            "membership",
            described(Membership),
            "Whether it is a secret which subjects are in the table.",
            default=Membership.SECRET,
        ),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractDocument:
    """What a document says: the terms, and the policy before any party's wishes."""

    terms: ContractTerms
    policy: Policy


def _document(
    *,
    schema: int,  # noqa: ARG001 - there is one
    policy: Policy,
    partnership: str | None,
    **terms: object,
) -> ContractDocument:
    """Separate the shared policy from the other terms, and name the partnership."""
    terms["partnership"] = partnership or terms["id"]
    return ContractDocument(terms=ContractTerms(**terms), policy=policy)  # type: ignore[arg-type] # types follow the fields


CONTRACT = Record(
    _document,
    (
        Field("schema", whole_number(1, 1), "The version of this format."),
        Field(
            "id",
            Text(SLUG),
            "The name of the collaboration, which never changes: revisions are counted"
            " by it.",
        ),
        Field(
            "partnership",
            Text(SLUG),
            "The name of the pair of companies, the same in all its contracts: tokens"
            " of another one never match. If absent, it is `id`; a second contract of"
            " the same companies names that of the first.",
            default=None,
        ),
        Field(
            "revision", whole_number(1, 1_000_000), "A number that every change raises."
        ),
        Field("purpose", Text(), "What the collaboration is for."),
        Field("expires", Date(), "The last day on which anything is computed."),
        Field(
            "parties",
            NamedRecords(NAME, _PARTY),
            "The two companies, each under the name of its catalog in the clean room.",
        ),
        Field(
            "policy",
            SHARED_POLICY,
            "How strictly the guard protects subjects; absent settings have their"
            " defaults.",
            default=Policy(),
        ),
        Field(
            "subjects",
            NamedRecords(NAME, _SUBJECT),
            "The kinds of subjects that the guard protects.",
        ),
        Field("tokens", _TOKENS, "How both parties make the same tokens."),
        Field(
            "ledger",
            LEDGER,
            "Where the record of earlier releases is; without it no release is"
            " approved.",
            default=None,
        ),
        Field(
            "revocation",
            REVOCATION,
            "Whose consent every run asks first; without it none is asked.",
            default=None,
        ),
        Field(
            "assets", NamedRecords(NAME, _ASSET), "The tables that the parties share."
        ),
        Field(
            "outputs",
            NamedRecords(NAME, OUTPUT),
            "The queries that both parties agree to in advance.",
        ),
    ),
)
"""The whole document."""

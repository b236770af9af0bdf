"""The draft as TOML: every decision with a comment that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.contract.terms.columns import MeasureType
from cleanroom_join.contract.terms.identifier import DateFormat, TokenKind
from cleanroom_join.contract.terms.settings import COHORT_FLOOR
from cleanroom_join.errors import assert_never, printable
from cleanroom_join.first_contract.column_roles import Role
from cleanroom_join.first_contract.draft import token_column_name
from cleanroom_join.first_contract.toml_columns import (
    dimension_lines,
    measure_lines,
    toml_list,
    toml_string,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanroom_join.first_contract.draft import Draft, DraftColumn, DraftTable
    from cleanroom_join.first_contract.shared_identifiers import SharedIdentifier

__all__ = ["draft_toml"]

_LONGEST_ID = 63

_HEAD = """\
# A first draft, made by `cleanroom-join init` from two tables of test data.
# Nothing is agreed yet: read each line, change what is wrong, then compare the digest
# that `cleanroom-join check` prints with the other party's.
# docs/reference/contract.md says what each key means; an editor shows it if it is given
# the JSON Schema that `cleanroom-join schema` prints.
schema = 1
id = {id}
revision = 1                         # raise it with every change that both agree on
purpose = "first draft: say here what the figures are for"
expires = {expires}                 # the last day on which anything is computed

# A party's name is the name of its catalog inside the clean room.
[parties.{first}]
role = "creator"                     # created the clean room, and runs it
[parties.{second}]
role = "collaborator"

# Absent settings have their defaults, which are strict.
[policy]
min_cohort = {k}                     # fewest subjects behind every figure
# protection = "perturbed"           # noise on every figure, against more attacks

{subject}
[tokens]
spec = "token-v1"
keys = [{{ id = "k1", state = "active" }}]  # the key itself: `cleanroom-join key new`

# The record of earlier releases. Without it no release is approved.
# docs/howto/keep-the-ledger.md has the statements that make these tables.
[ledger]
party = "{first}"
table = "cleanroom.ledger"
anchor = "cleanroom.anchor"          # {second}'s: what it confirmed, and agreed to
secret = "cleanroom.secret"          # each party's half of the joint key
"""


def draft_toml(draft: Draft) -> str:
    """
    Return a draft as the text of a contract, with comments.

    Text from data is in it as labels of dimensions only, each of at least k subjects.
    Names of columns are in it too, quoted, and made printable in comments.
    """
    first, second = draft.tables
    identity = f"{first.party}-{second.party}".replace("_", "-")[:_LONGEST_ID]
    head = _HEAD.format(
        id=toml_string(identity.ljust(3, "0")),
        expires=draft.expires.isoformat(),
        first=first.party,
        second=second.party,
        k=COHORT_FLOOR,
        subject="\n".join(_subject(draft)),
    )
    tables = [
        "\n".join(_table(draft, table, side)) for side, table in enumerate(draft.tables)
    ]
    return "\n".join([head, *tables, "\n".join(_output(draft))]) + "\n"


def _kinds(kinds: Sequence[TokenKind]) -> str:
    """Return what the contract says of an identifier's kinds."""
    values = [kind.value for kind in kinds]
    return toml_string(values[0]) if len(values) == 1 else toml_list(values)


def _columns(identifier: SharedIdentifier, side: int) -> str:
    """Return the raw columns of an identifier for a comment."""
    return " + ".join(printable(name) for name in identifier.sources[side])


def _subject(draft: Draft) -> Iterator[str]:
    """Yield the table of the subject, and why it is this one."""
    identifier = draft.identifier
    left, right = (table.asset for table in draft.tables)
    yield "# Whom the guard protects. After normalisation, these have equal values:"
    yield f"#   {left}: {_columns(identifier, 0)}"
    yield f"#   {right}: {_columns(identifier, 1)}"
    yield "# Equal values are no proof that both mean the same: make sure that they do."
    if identifier.is_composite:
        yield "# All components must be equal, so one typing error loses a match. An"
        yield "# identifier of one column is better, if both parties have one."
    for other in draft.alternatives:
        yield f"# These match as well, with kind = {_kinds(other.kinds)}:"
        yield f"#   {left}: {_columns(other, 0)}"
        yield f"#   {right}: {_columns(other, 1)}"
    yield f"[subjects.{draft.subject}]"
    yield f"kind = {_kinds(identifier.kinds)}"
    yield ""


def _table(draft: Draft, table: DraftTable, side: int) -> Iterator[str]:
    """Yield one table and its columns."""
    if table.one_row_per_subject:
        yield "# One row per subject."
    else:
        yield "# Several rows per subject."
    yield f"[assets.{table.asset}]"
    yield f'party = "{table.party}"'
    yield f'table = "shared.{table.asset}"'
    if table.one_row_per_subject:
        yield f'one_row_per = "{draft.subject}"  # checked in the room'
    if table.consent is not None:
        yield f"consent = {toml_string(table.consent)}  # other rows are never shared"
    else:
        yield "# No column says consent by its English name.  If one says who agreed:"
        yield '# consent = "COLUMN"  # a boolean column; other rows are never shared'
    yield '# membership = "known"  # if the other party may know who is in the table'
    yield from _left_out(table, draft.identifier.sources[side])
    yield f"[assets.{table.asset}.columns]"
    yield _token_column(draft, side)
    for column in table.of(Role.MEASURE):
        yield from measure_lines(column)
    for column in table.of(Role.DIMENSION):
        yield from dimension_lines(table.asset, column)
    yield ""


def _left_out(table: DraftTable, sources: Sequence[str]) -> Iterator[str]:
    """Yield comments about columns that the contract does not name."""
    shared = (Role.DIMENSION, Role.MEASURE)
    found = [
        column
        for column in table.columns
        if column.role.role not in shared
        and column.name not in (*sources, table.consent)
    ]
    if found:
        yield "# Not shared:"
    for column in found:
        yield f"#   {printable(column.name)}: {_why(column)}"


def _why(column: DraftColumn) -> str:
    """Return why a column is not in the contract."""
    role = column.role
    if role.role is Role.IDENTIFIER:
        return "an identifier, but not the one that is joined on"
    if role.role is Role.CONSENT:
        return "a table has one column of consent: combine them"
    return role.reason


def _token_column(draft: Draft, side: int) -> str:
    """Return the line of the token column."""
    identifier = draft.identifier
    sources, form = identifier.sources[side], identifier.date_formats[side]
    source = toml_string(sources[0]) if len(sources) == 1 else toml_list(sources)
    columns = (column for one in draft.tables for column in one.columns)
    name = token_column_name(draft.subject, [column.name for column in columns])
    extra = ""
    if TokenKind.DATE_OF_BIRTH in identifier.kinds and form is not DateFormat.ISO:
        extra = f", date_format = {toml_string(form.value)}"
    return f'{name} = {{ subject = "{draft.subject}", source = {source}{extra} }}'


def _output(draft: Draft) -> Iterator[str]:
    """Yield the one output, with what else could be asked for."""
    left, right = draft.tables
    yield "# The queries that both parties agree to in advance; a release is a table of"
    yield "# this name. More of them: [outputs.ANOTHER_NAME]."
    yield "[outputs.first_figures]"
    yield f'join = ["{left.asset}", "{right.asset}"]'
    yield f'on = "{draft.subject}"'
    yield f"group_by = {toml_list(draft.group_by)}"
    others = [
        column.name
        for table in draft.tables
        for column in table.of(Role.DIMENSION)
        if column.name not in draft.group_by
    ]
    if others:
        names = ", ".join(map(printable, others))
        yield f"# More dimensions make smaller cells: {names}"
    yield '# totals = [[]]  # one total over everything; "all" adds every total'
    yield "[outputs.first_figures.measures]"
    for measure in draft.measures:
        column = (
            ""
            if measure.column is None
            else f", column = {toml_string(measure.column)}"
        )
        yield f'{measure.name} = {{ function = "{measure.function}"{column} }}'
    used = {measure.column for measure in draft.measures}
    for table in draft.tables:
        for unused in table.of(Role.MEASURE):
            if unused.name not in used:
                yield f"# {_suggested(unused)}"


def _suggested(column: DraftColumn) -> str:
    """Return the line of a figure that is not asked for."""
    match column.role.measure:
        case MeasureType.BOOLEAN:
            function = "rate"
        case MeasureType.INT | MeasureType.DECIMAL:
            function = "mean"
        case _:
            assert_never(column.role.measure)
    name = f"{function}_{column.name}"
    return (
        f'{name} = {{ function = "{function}", column = {toml_string(column.name)} }}'
    )

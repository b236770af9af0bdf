"""Whether a bound on what one subject contributes fits the rest of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import Problem, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleanroom_join.contract.terms.model import Asset, Output
    from cleanroom_join.contract.terms.policy import Policy

__all__ = ["check_contribution", "check_one_kind"]


def check_contribution(policy: Policy) -> Iterator[Problem]:
    """Yield that contributions are bounded without noise that covers the bound."""
    if policy.contribution_rows and not policy.contribution_bounded:
        yield Problem(
            "policy.contribution.rows",
            'expected protection = "perturbed" beside it, got'
            f' "{policy.protection.value}"; a bound without noise hides no subject:'
            " set that protection, or leave contribution out",
            "E120",
        )


def check_one_kind(
    output: Output, joined: Iterable[Asset], policy: Policy, path: str
) -> Iterator[Problem]:
    """
    Yield tables that carry another kind of subject than the one joined on.

    Only the joined subject's rows are bounded, so no other kind may be counted: an
    attacker could give the subjects of that kind as many rows as it likes.
    """
    for asset in joined if policy.contribution_bounded else ():
        for column in asset.subject_columns():
            if output.on and column.subject not in output.joined_on:
                yield Problem(
                    f"{path}.join",
                    f'"{asset.name}" has subjects "{printable(column.subject)}" too;'
                    " policy.contribution bounds only what the joined subject"
                    " contributes, so share it without them",
                    "E121",
                )

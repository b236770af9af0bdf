"""Whether the kinds of subject that an output joins on can be joined in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.errors import Problem, did_you_mean, named, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cleanroom_join.contract.terms.model import Asset, Output, Subject

__all__ = ["check_joined_on", "check_kinds_differ"]


def check_joined_on(
    output: Output, joined: Iterable[Asset], path: str
) -> Iterator[Problem]:
    """Yield kinds of subject that a joined table lacks, or that are named twice."""
    assets = list(joined)
    several = bool(output.then_on)
    if several and len(output.join) > 2:  # noqa: PLR2004 - a pair of tables
        text = f"several kinds of subject join two assets, got {len(output.join)}"
        yield Problem(f"{path}.join", text, "E116")
    known = [c.subject for asset in assets for c in asset.subject_columns()]
    for index, subject in enumerate(output.joined_on):
        here = f"{path}.on[{index}]" if several else f"{path}.on"
        lacking = [asset for asset in assets if asset.token_column(subject) is None]
        if subject and subject in output.joined_on[:index]:
            yield Problem(here, f"{named(subject)} is named twice", "E116")
        elif subject and lacking:
            tables = " and ".join(f'"{asset.name}"' for asset in lacking)
            text = f"{named(subject)} is no subject of asset {tables}"
            about = [
                f"assets.{printable(asset.name)}.columns.{printable(column)}"
                for asset in lacking
                for column in asset.columns
            ]
            near = did_you_mean(subject, known)
            yield Problem(here, text + near, "E115", about)


def check_kinds_differ(
    output: Output, subjects: Mapping[str, Subject]
) -> Iterator[Problem]:
    """
    Yield kinds of subject that are made of what an earlier one is made of.

    Their tokens are the same, so the later kind is no second way to find a subject.
    """
    seen: dict[str, str] = {}
    for index, name in enumerate(dict.fromkeys(output.joined_on)):
        if name not in subjects:
            continue
        first = seen.setdefault(subjects[name].identifier.label, name)
        if first != name:
            text = f"is made of the same identifiers as {named(first)}"
            path = f"outputs.{printable(output.name)}.on[{index}]"
            yield Problem(path, text, "E116")

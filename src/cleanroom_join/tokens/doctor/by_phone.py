"""What the traits of telephone numbers say: how they are dialled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanroom_join.tokens.doctor.causes import Clue, MismatchCause, percent
from cleanroom_join.tokens.doctor.forms import Form, form_of_name
from cleanroom_join.tokens.doctor.manifest import Trait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanroom_join.tokens.doctor.manifest import ComponentManifest

__all__ = ["phone_clues"]

_TRAITS = {
    Trait.TRUNK_ZERO: (
        MismatchCause.TRUNK_ZERO,
        "have a zero behind the calling code",
    ),
    Trait.DOUBLE_ZERO: (
        MismatchCause.INTERNATIONAL_PREFIX,
        "begin with an international prefix that is not read as +",
    ),
    Trait.EXTENSION: (MismatchCause.EXTENSIONS, "have an extension"),
}

_REFUSED = frozenset(
    (
        MismatchCause.WRONG_COLUMN,
        MismatchCause.ROWS_REFUSED,
        MismatchCause.NO_COUNTRY_CODE,
        MismatchCause.MASKED,
        MismatchCause.PLACEHOLDERS,
    )
)


def phone_clues(
    component: ComponentManifest, other: ComponentManifest
) -> Iterator[Clue]:
    """Yield what the telephone numbers of both sides say about *component*."""
    if form_of_name(component.kind) is not Form.PHONE:
        return
    for trait, (cause, text) in _TRAITS.items():
        if share := component.trait(trait):
            yield Clue(
                cause=cause,
                share=share,
                evidence=f"{percent(share)} {text}",
                explains=_REFUSED,
            )
    if component.declared:
        yield from _declared(component, other)


def _declared(component: ComponentManifest, other: ComponentManifest) -> Iterator[Clue]:
    """Yield what speaks against the declared country."""
    country, theirs = component.declared, other.declared
    national = component.share("ready") - component.trait(Trait.PLUS_SIGN)
    if unfit := component.share("no_country_code", "wrong_country"):
        yield Clue(
            cause=MismatchCause.OTHER_COUNTRY,
            share=unfit,
            evidence=f"{percent(unfit)} are no numbers of the declared {country}",
            explains=_REFUSED,
        )
    if theirs not in ("", country) and national > 0:
        yield Clue(
            cause=MismatchCause.OTHER_COUNTRY,
            share=national,
            evidence=f"{percent(national)} are read as national numbers of {country},"
            f" on the other side of {theirs}",
            mutual=True,
        )

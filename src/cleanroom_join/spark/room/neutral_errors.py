"""Steps between an answer and its ledger entry, whose errors must tell nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cleanroom_join.errors import ReleaseRefused, depends_on_data

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["or_neutral"]

_T = TypeVar("_T")


def or_neutral(action: Callable[[], _T]) -> _T:
    """
    Run a step between the answer and its entry; an error of it tells nothing.

    Raises:
        ReleaseRefused: E508; or an error of the action that does not depend on data.
    """
    try:
        return action()
    except Exception as error:
        if not depends_on_data(error):
            raise
    # Raised outside the handler: that error would be its context.
    raise ReleaseRefused.not_recorded()

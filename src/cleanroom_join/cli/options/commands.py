"""Commands that take each option once, and whose help names the exit codes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from cleanroom_join.cli.exits import exit_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.models import CommandFunctionType

__all__ = ["Commands"]


def _without_types(params: list[Any]) -> list[Any]:
    """Return parameters of which a flag shows no type: nobody writes its value."""
    for param in params:
        if getattr(param, "is_flag", False) and param.metavar is None:
            param.metavar = ""
    return params


class _Group(TyperGroup):
    """A group of commands whose flags show no type."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, those of the help included."""
        return _without_types(super().get_params(ctx))


class _OnceCommand(TyperCommand):
    """A command that refuses an option that is given twice."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, those of the help included."""
        return _without_types(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """
        Parse the arguments, of which the last of two would silently be taken.

        Raises:
            UsageError: If an option with one value is given more than once.
        """
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        single = [
            param
            for param in given
            if param.param_type_name == "option"
            and not param.multiple
            and not getattr(param, "is_flag", False)
        ]
        for param, times in Counter(single).items():
            if times > 1:
                ctx.fail(f"{max(param.opts, key=len)} is given twice")
        return super().parse_args(ctx, args)


class Commands(typer.Typer):
    """An application, or a group of commands, of such commands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(cls=_Group, **settings)

    def command(
        self, name: str | None = None, **settings: Any
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Return a decorator that adds a command, with *settings* as of `Typer`."""
        settings.setdefault("cls", _OnceCommand)
        settings.setdefault("epilog", exit_codes())
        return super().command(name, **settings)

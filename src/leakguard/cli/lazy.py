"""Groups that import a command only when it is called, so that `--help` stays fast."""

from __future__ import annotations

import importlib

import click

from leakguard.errors import UsageProblem

_SHOWING = ("list", "show")
"""The commands of a group that show what it is about, the best first."""


class HelpContext(click.Context):
    """The context of every command, which lays its help out."""

    def make_formatter(self) -> click.HelpFormatter:
        """The formatter of `--help`."""
        from leakguard.cli.help_layout import LaidOut  # noqa: PLC0415  (no other command needs it)

        return LaidOut(width=self.terminal_width, max_width=self.max_content_width)


class LazyGroup(click.Group):
    """A group whose commands are named as `module:attribute` with a one-line help text."""

    context_class = HelpContext
    by_itself = ""
    """The command that the group's own name stands for, where none of them is named."""

    def __init__(
        self, *args: object, lazy: dict[str, tuple[str, str]] | None = None,
        synonyms: dict[str, tuple[str, ...]] | None = None, **kwargs: object,
    ) -> None:  # fmt: skip
        """`lazy` maps a command's name to its place and its short help; `synonyms` a word to the commands for it."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._lazy = lazy or {}
        self.synonyms = synonyms or {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the commands."""
        return tuple(self._lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """In the order in which they are declared: the order in which they are used."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (click's signature)
        """Import the command now."""
        return self.found(cmd_name)

    def found(self, name: str) -> click.Command | None:
        """One command of this group, imported now."""
        if name not in self._lazy:
            return None
        module, attribute = self._lazy[name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{attribute} is not a command")
        command.context_class = HelpContext
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's signature)
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._lazy.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown command, and name the one that was meant: the nearest here, or one of a group of ours."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self._lazy:
            path = ctx.command_path
            meant = ", ".join(f"`{found}`" for found in self._meant(ctx, name))
            ask = f"Did you mean {meant}? " if meant else ""
            raise UsageProblem(
                f"there is no command `{path} {name[:60]}`", next_step=f"{ask}List all of them: {path} --help"
            )
        return super().resolve_command(ctx, args)

    def nearest(self, name: str) -> str | None:
        """The command of this group that is closest to `name`, or nothing when none is close."""
        from leakguard.files.names import nearest_name  # noqa: PLC0415  (needed for an error alone)

        return nearest_name(name.lower(), list(self._lazy))

    def _meant(self, ctx: click.Context, name: str) -> tuple[str, ...]:
        """The full commands that were probably meant: by the word here, else in the whole tree, else by spelling."""
        near = self.nearest(name)
        own = self._standing_for(name) or ((near,) if near and near.startswith(name.removesuffix("s")) else ())
        root = ctx.find_root()
        if not own and root.command is not self and isinstance(root.command, LazyGroup):
            of_all = root.command.shown_by(name)
            if of_all:
                return tuple(f"{root.command_path} {found}" for found in of_all)
        return tuple(f"{ctx.command_path} {found}" for found in own or ((near,) if near else ()))

    def _standing_for(self, name: str) -> tuple[str, ...]:
        """The commands that a word stands for, or those of the groups here that have this very name."""
        if name.removesuffix("s") in self.synonyms:
            return self.synonyms[name.removesuffix("s")]
        groups = ((own, self.found(own)) for own in self._lazy)
        return tuple(f"{own} {name}" for own, group in groups if isinstance(group, LazyGroup) and name in group.names)

    def shown_by(self, name: str) -> tuple[str, ...]:
        """For a thing by its name: the command here that shows such things, as `clock list` for `clocks`."""
        one = name.removesuffix("s")
        word = next((each for each in (name, one, f"{one}s") if each in self._lazy), None)
        if word is None:
            return self.synonyms.get(one, ())
        group = self.found(word)
        shows = [each for each in _SHOWING if isinstance(group, LazyGroup) and each in group.names]
        return (f"{word} {shows[0]}" if shows else word,)

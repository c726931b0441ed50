"""What the commands that check sites share: their options, one round, and its exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leakguard.cli.options import Context, load_scope, scope_option
from leakguard.errors import ExitCode
from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from datetime import datetime

    from leakguard.intake.sites import CheckedSite, SiteRules
    from leakguard.use_cases.intake.site_history import Changes

Command = TypeVar("Command", bound=Callable[..., Any])


class SiteQuery(Frozen):
    """Which sites, and how."""

    names: tuple[str, ...]
    keyring: str | None
    complaints: bool | None
    scope: str | None


class SiteCheckRound(Frozen):
    """One check of the sites."""

    found: tuple[CheckedSite, ...]
    changes: Changes | None
    """Since the last answer of each; `None` where there is no store."""
    rules: SiteRules
    at: datetime


def site_options(command: Command) -> Command:
    """The sites, and how they are checked."""
    options = (
        click.argument("names", nargs=-1, metavar="[NAME...]"),
        click.option("--keyring", metavar="FILE",
                     help="Public keys to verify the signatures of the security.txt files (exported with gpg "
                          "--export)."),
        click.option(
            "--complaints/--no-complaints", default=None,
            help="Require a complaint contact on home pages (default: only if your organisation sits in China).",
        ),
        scope_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def check_once(context: Context, asked: SiteQuery, *, makes_store: bool = False) -> SiteCheckRound:
    """Check, say what changed, and keep what was found where there is a store, or where one is to be made."""
    from leakguard.use_cases.intake.check_sites import check_sites, sites_of  # noqa: PLC0415  (`--help`)
    from leakguard.use_cases.intake.site_history import changes_since, keep_check  # noqa: PLC0415  (as above)

    wiring, allowed = context.wiring, load_scope(context, asked.scope)
    asking = wiring.asking_sites(allowed, keyring=asked.keyring, complaints=asked.complaints)
    found = check_sites(sites_of(allowed, asked.names), asking)
    store = wiring.store if makes_store else wiring.store_if_any
    changes = changes_since(store, found) if store is not None else None
    if store is not None:
        keep_check(store, found, now=wiring.now, is_whole=not asked.names)
    return SiteCheckRound(found=found, changes=changes, rules=asking.rules, at=asking.now)


def exit_code_of(found: Sequence[CheckedSite]) -> ExitCode:
    """1 for an error, else 3 for a site without an answer."""
    if any(result.level == "error" for site in found for result in site.results):
        return ExitCode.EXPOSED
    return ExitCode.UNFINISHED if any(site.unanswered for site in found) else ExitCode.CLEAN

"""The `leakguard` command and its list of commands."""

from __future__ import annotations

import click

from leakguard import __version__
from leakguard.cli.given import refuse_empty
from leakguard.cli.lazy import LazyGroup
from leakguard.cli.log_options import begin_chosen, log_options
from leakguard.cli.options import Context

_COMMANDS = {
    "demo": ("leakguard.cli.demo:demo_cmd", "Run a complete sample incident on this machine, in about a minute."),
    "scope": ("leakguard.cli.scope:scope_group", "Define what may be probed, with whose permission, and for how long."),
    "scan": (
        "leakguard.cli.scan:scan_group",
        "Find exposed data stores: how large they are, and when they were first seen open.",
    ),
    "watch": ("leakguard.cli.watch:watch_cmd", "Scan at regular intervals, and report only what changed."),
    "checks": ("leakguard.cli.checks:checks_group", "List, show and validate the checks."),
    "app": (
        "leakguard.cli.apps:app_group",
        "Compare the permissions and data that a mobile app requests with what apps of its category need.",
    ),
    "fleet": ("leakguard.cli.fleet:fleet_group", "Scan from several locations at once."),
    "cluster": (
        "leakguard.cli.cluster:cluster_group",
        "Read the settings of your own Elasticsearch clusters.",
    ),
    "export": (
        "leakguard.cli.export:export_group",
        "Send findings, and events of incidents, to your Elasticsearch or OpenSearch.",
    ),
    "incident": ("leakguard.cli.incident:incident_group", "Open an incident and record what happens."),
    "report": ("leakguard.cli.report:report_group", "Handle reports from outsiders: record, answer, open an incident."),
    "sites": (
        "leakguard.cli.sites:sites_group",
        "Check and write security.txt and the disclosure policy of your sites.",
    ),
    "playbook": ("leakguard.cli.playbook:playbook_group", "Follow the response to an incident, step by step."),
    "tasks": ("leakguard.cli.tasks:tasks_cmd", "List the open steps of one person in all incidents."),
    "clock": ("leakguard.cli.clock:clock_group", "Show every deadline, and how it was calculated."),
    "watchman": (
        "leakguard.cli.watchman:watchman_group",
        "Run the alert service: send alerts before deadlines pass, and check that it is running.",
    ),
    "channel": ("leakguard.cli.channel:channel_group", "Test the channels through which alerts are sent."),
    "notice": ("leakguard.cli.notice:notice_group", "Find out which duties apply, and draft the letters."),
    "duties": (
        "leakguard.cli.duties:duties_group",
        "List, show and validate the duties, and list those due for re-checking.",
    ),
    "outbound": (
        "leakguard.cli.outbound:outbound_group",
        "Find out which legal basis a transfer of data abroad needs.",
    ),
    "drill": ("leakguard.cli.drill:drill_group", "Practise an incident in simulated time, and see how the team does."),
    "evidence": ("leakguard.cli.evidence:evidence_group", "Keep evidence, verify the ledger, and export both."),
    "store": ("leakguard.cli.store:store_group", "Back up, restore, check and move the store."),
    "login": ("leakguard.cli.login:login_cmd", "Log in, so that entries are recorded under your account."),
    "logout": ("leakguard.cli.login:logout_cmd", "End the session of this command line."),
    "whoami": ("leakguard.cli.login:whoami_cmd", "Show the name under which entries are recorded."),
    "account": ("leakguard.cli.account:account_group", "Manage the accounts of this store, and what each may do."),
    "oncall": ("leakguard.cli.oncall:oncall_group", "Set who is on call, and show who gets alerts."),
    "token": ("leakguard.cli.token:token_group", "Create tokens for programs."),
    "web": ("leakguard.cli.web:web_cmd", "Serve the console for browsers, and the API for programs."),
    "doctor": ("leakguard.cli.doctor:doctor_cmd", "Check this installation, and report what to correct."),
    "help": ("leakguard.cli.help:help_cmd", "Show a page of the documentation, or list all of them."),
}

_SYNONYMS = {
    "alert": ("channel test", "watchman run", "clock ack"),
    "console": ("web",),
    "deadline": ("clock list",),
    "letter": ("notice draft",),
    "server": ("web",),
    "user": ("account",),
}
"""Words that people type for a command of another name."""

_EPILOG = """\b
Examples:
  leakguard demo
  leakguard scope init --organisation "Example University" --contact security@example.edu --approved-by CISO \\
      --country DE
  leakguard scope add 192.0.2.0/28
  leakguard scan
  leakguard incident open --finding F-1a2b3c4d5e6f7089
  leakguard incident event IR-2026-0001 discovery --source "SOC"
  leakguard clock list --incident IR-2026-0001
"""


@click.command(cls=LazyGroup, lazy=_COMMANDS, synonyms=_SYNONYMS, epilog=_EPILOG)
@click.option(
    "--store",
    metavar="FILE",
    help=(
        "The store of LeakGuard: a SQLite file or a PostgreSQL URL (default: the one named in leakguard.toml, else "
        "leakguard.db)."
    ),
)
@click.option("--no-color", is_flag=True, help="Print without colours. NO_COLOR in the environment does the same.")
@click.option(
    "--now",
    metavar="TIME",
    help=(
        "Run the whole command as if it were TIME. Works only in a drill folder (`drill = true` in leakguard.toml). "
        "The --now of a single command, such as `clock list --now`, works everywhere."
    ),
)
@click.option("-q", "--quiet", is_flag=True, help="Print only the result, without progress and remarks.")
@log_options
@click.version_option(__version__, prog_name="leakguard", message="%(prog)s %(version)s")
@click.pass_context
def app(
    ctx: click.Context, *, store: str | None, no_color: bool, now: str | None, quiet: bool, log_level: str | None,
    log_format: str | None, log_file: str | None,
) -> None:  # fmt: skip
    """Data-leak incident response: find exposed data stores, track the deadlines, draft the letters.

    LeakGuard probes only targets in a valid scope. It keeps no data from a data store, guesses no password and writes
    nothing to a target. If the owner sets `default_accounts` in the scope, it tries the login root or postgres once,
    without a password.
    """
    refuse_empty(ctx)
    context = ctx.ensure_object(Context)
    context.store, context.no_color, context.now, context.quiet = store, no_color, now, quiet
    ctx.call_on_close(context.close)
    begin_chosen(context, ctx, level=log_level, form=log_format, file=log_file)

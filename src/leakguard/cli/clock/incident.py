"""What `clock list` and `clock why` share: the standings of an incident at a moment."""

from __future__ import annotations

import click

from leakguard.cli.clock_warning import contradicted, warn_of_contradiction
from leakguard.cli.laws import facts_at, reach_of, watched_here
from leakguard.cli.options import Context, read_text
from leakguard.outputs.words import printable
from leakguard.use_cases.alerts.stood_clocks import Asked, Stood, clocks_at
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE
from leakguard.use_cases.incidents.watched_laws import Watched


def incident_standings(context: Context, asked: Asked) -> Stood:
    """How all clocks of the incident stood, by default now; says on stderr what nobody can tell."""
    wiring = context.wiring
    store = wiring.existing_store
    doubt = contradicted(context, asked.incident)
    ahead = context.clock_doubt
    stood = clocks_at(
        asked, wiring.bundled, store, reach=lambda: reach_of(context), now=wiring.now, doubt=doubt,
        ahead_at=ahead.recorded_at if ahead is not None else None,
    )  # fmt: skip
    if doubt is not None:
        warn_of_contradiction(context, doubt, stood.contradicted)
    if stood.over:
        names = ", ".join(printable(one) for one in stood.over)
        click.echo(f"  If this machine's clock is the wrong one, these limits are over already: {names}", err=True)
    return stood


def asked_of(incident: str, now: str | None, facts: str | None = None) -> Asked:
    """What the options say; `facts` is the path of a facts file."""
    return Asked(incident=incident, at=now, facts=(facts, read_text(facts)) if facts is not None else None)


def incident_laws(context: Context, identifier: str, facts: str | None = None) -> Watched:
    """The laws that are watched for the incident and why, and the places for which no rule or calendar is known.

    With a facts file every law is looked at and the facts decide; then the places that they name count as well.
    """
    wiring = context.wiring
    stated = facts_at(context, facts, identifier)
    reach = reach_of(context, stated) if stated is None or context.laws is not None else EVERYWHERE
    records = tuple(wiring.existing_store.read(identifier))
    return watched_here(reach, records, wiring.duties(), stated)

"""`leakguard playbook`: walk through the response, step by step."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "list": ("leakguard.cli.playbook.show:list_cmd", "List the playbooks."),
        "show": ("leakguard.cli.playbook.show:show_cmd", "Show a playbook from its first step to its last."),
        "validate": ("leakguard.cli.playbook.validate:validate_cmd", "Check a playbook file and name every problem."),
        "draw": ("leakguard.cli.playbook.draw:draw_cmd", "Draw a playbook, or where a response stands."),
        "export": ("leakguard.cli.playbook.export:export_cmd", "Write a playbook for other tools (CACAO 2.0)."),
        "import": ("leakguard.cli.playbook.export:import_cmd", "Read a playbook of another tool (CACAO 2.0)."),
        "start": ("leakguard.cli.playbook.start:start_cmd", "Begin the response to an incident."),
        "next": ("leakguard.cli.playbook.next:next_cmd", "Say what to do now, who does it, and by when."),
        "form": ("leakguard.cli.playbook.form:form_cmd", "Print the questions of a step, to be filled in."),
        "run": ("leakguard.cli.playbook.run:run_cmd", "Let the machine do the automated steps that are due."),
        "done": ("leakguard.cli.playbook.done:done_cmd", "Record that a step is done, or that it failed."),
        "skip": ("leakguard.cli.playbook.done:skip_cmd", "Record that a step is not needed."),
        "assign": ("leakguard.cli.playbook.assign:assign_cmd", "Say who is to do a step."),
        "confirm": ("leakguard.cli.playbook.done:confirm_cmd", "Agree to a step as its second person."),
        "take-back": (
            "leakguard.cli.playbook.done:take_back_cmd",
            "Open a step again that was recorded by mistake.",
        ),
        "migrate": ("leakguard.cli.playbook.migrate:migrate_cmd", "Move a running response to another playbook."),
    },
)
def playbook_group() -> None:
    """Walk through the response, step by step.

    A started response keeps its own copy of the playbook, and where it stands follows from the ledger alone.
    """

"""`leakguard playbook`: walk through the response, step by step."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "list": ("leakguard.cli.playbook.show:list_cmd", "List the playbooks."),
        "show": ("leakguard.cli.playbook.show:show_cmd", "Show a playbook from its first step to its last."),
        "validate": (
            "leakguard.cli.playbook.validate:validate_cmd",
            "Check a playbook file, and report every problem.",
        ),
        "draw": ("leakguard.cli.playbook.draw:draw_cmd", "Draw a playbook, or the state of a response."),
        "export": ("leakguard.cli.playbook.export:export_cmd", "Write a playbook for other tools (CACAO 2.0)."),
        "import": ("leakguard.cli.playbook.export:import_cmd", "Read a playbook of another tool (CACAO 2.0)."),
        "start": ("leakguard.cli.playbook.start:start_cmd", "Start the response to an incident."),
        "next": ("leakguard.cli.playbook.next:next_cmd", "Show what to do now, who does it, and by when."),
        "form": ("leakguard.cli.playbook.form:form_cmd", "Print the questions of a step as a form to fill in."),
        "run": ("leakguard.cli.playbook.run:run_cmd", "Run the automated steps that are due."),
        "done": ("leakguard.cli.playbook.done:done_cmd", "Record that a step is done, or that it failed."),
        "skip": ("leakguard.cli.playbook.done:skip_cmd", "Record that a step is not needed."),
        "assign": ("leakguard.cli.playbook.assign:assign_cmd", "Assign a step to a person."),
        "confirm": ("leakguard.cli.playbook.done:confirm_cmd", "Confirm a step as its second person."),
        "take-back": (
            "leakguard.cli.playbook.done:take_back_cmd",
            "Reopen a step that was recorded by mistake.",
        ),
        "migrate": ("leakguard.cli.playbook.migrate:migrate_cmd", "Move a running response to another playbook."),
    },
)
def playbook_group() -> None:
    """Follow the response to an incident, step by step.

    A response keeps its own copy of the playbook from its start. Its state is computed from the ledger.
    """

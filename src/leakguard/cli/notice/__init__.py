"""`leakguard notice`: which duties apply, what is missing, and the letters."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "example": ("leakguard.cli.notice.example:example_cmd", "Print a facts file to start from."),
        "assess": ("leakguard.cli.notice.assess:assess_cmd", "Show which duties apply: yes, no or needs fact."),
        "check": ("leakguard.cli.notice.check:check_cmd", "Show what a notice still lacks."),
        "next-fact": ("leakguard.cli.notice.next_fact:next_fact_cmd", "Show which fact to find out next, and by when."),
        "settle": (
            "leakguard.cli.notice.settle:settle_cmd",
            "Record a decision about a jurisdiction without a known rule.",
        ),
        "override": ("leakguard.cli.notice.file:override_cmd", "Record that a duty applies, or does not apply."),
        "severity": (
            "leakguard.cli.notice.severity:severity_cmd",
            "Rate the severity of a breach by published methods.",
        ),
        "draft": ("leakguard.cli.notice.draft:draft_cmd", "Draft the letter that a legal duty requires."),
        "import": (
            "leakguard.cli.notice.import_:import_cmd",
            "Import the changes that somebody made in a letter (DOCX).",
        ),
        "package": ("leakguard.cli.notice.package:package_cmd", "Combine the letters to people in many states."),
        "pack": ("leakguard.cli.notice.pack:pack_cmd", "Fill in the form of an authority: each field with our answer."),
        "lint": ("leakguard.cli.notice.lint:lint_cmd", "Report what makes a letter hard to understand."),
        "letters": ("leakguard.cli.notice.letters:letters_cmd", "Write one letter for each of many people."),
        "approve": (
            "leakguard.cli.notice.approve:approve_cmd",
            "Approve a letter. Two different people must approve it.",
        ),
        "send": ("leakguard.cli.notice.send:send_cmd", "Send the approved letters by e-mail, to each person once."),
        "deliveries": ("leakguard.cli.notice.deliveries:deliveries_cmd", "Show which letters were sent, and prove it."),
        "bounces": ("leakguard.cli.notice.bounces:bounces_cmd", "Record letters that could not be delivered."),
        "file": ("leakguard.cli.notice.file:file_cmd", "Record that a stage of a notice was filed."),
        "open-items": (
            "leakguard.cli.notice.open_items:open_items_cmd",
            "List the information that was promised and not yet provided.",
        ),
        "register": ("leakguard.cli.notice.register:register_cmd", "Write the register of breaches."),
        "export": ("leakguard.cli.notice.export:export_cmd", "Write a notice in the format of an authority."),
    },
)
def notice_group() -> None:
    """Find out which notification duties apply and which facts are missing, and draft the letters.

    The commands work on a facts file. Their output is not legal advice.
    """

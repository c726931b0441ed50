"""`leakguard notice`: which duties apply, what is missing, and the letters."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "example": ("leakguard.cli.notice.example:example_cmd", "Print a file of facts to begin with."),
        "assess": ("leakguard.cli.notice.assess:assess_cmd", "Say which duties apply: yes, no or needs fact."),
        "check": ("leakguard.cli.notice.check:check_cmd", "Say what a notice still lacks."),
        "next-fact": ("leakguard.cli.notice.next_fact:next_fact_cmd", "Say what to find out next, and by when."),
        "settle": ("leakguard.cli.notice.settle:settle_cmd", "Record a decision about a place without a known rule."),
        "override": ("leakguard.cli.notice.file:override_cmd", "Record that a duty applies, or does not."),
        "severity": ("leakguard.cli.notice.severity:severity_cmd", "Say how grave a breach is, by published methods."),
        "draft": ("leakguard.cli.notice.draft:draft_cmd", "Write the letter of a duty."),
        "import": ("leakguard.cli.notice.import_:import_cmd", "Take over what somebody changed in a letter in DOCX."),
        "package": ("leakguard.cli.notice.package:package_cmd", "Join the letters to people of many states."),
        "pack": ("leakguard.cli.notice.pack:pack_cmd", "Fill in an authority's form: each field with our answer."),
        "lint": ("leakguard.cli.notice.lint:lint_cmd", "Say what keeps readers from understanding a letter."),
        "letters": ("leakguard.cli.notice.letters:letters_cmd", "Write one letter for each of many people."),
        "approve": ("leakguard.cli.notice.approve:approve_cmd", "Approve a letter; two different people have to."),
        "send": ("leakguard.cli.notice.send:send_cmd", "Send what was approved by e-mail, to each person once."),
        "deliveries": ("leakguard.cli.notice.deliveries:deliveries_cmd", "See what was sent, and prove it."),
        "bounces": ("leakguard.cli.notice.bounces:bounces_cmd", "Record letters that came back."),
        "file": ("leakguard.cli.notice.file:file_cmd", "Record that a stage of a notice was filed."),
        "open-items": ("leakguard.cli.notice.open_items:open_items_cmd", "List what was promised and not told yet."),
        "register": ("leakguard.cli.notice.register:register_cmd", "Write the register of breaches."),
        "export": ("leakguard.cli.notice.export:export_cmd", "Write a notice in an authority's own form."),
    },
)
def notice_group() -> None:
    """Learn which duties apply, what is still missing, and draft the letters.

    All commands work on a facts file; nothing here is legal advice.
    """

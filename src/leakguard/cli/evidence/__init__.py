"""`leakguard evidence`: the ledger and the files that are evidence, and whether they still verify."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_ROOM = "leakguard.cli.evidence"


@click.command(
    cls=LazyGroup,
    lazy={
        "add": (f"{_ROOM}.add:add_cmd", "Record files as evidence."),
        "list": (f"{_ROOM}.list:list_cmd", "List the entries of the ledger, or the items of evidence."),
        "seal": (f"{_ROOM}.custody:seal_cmd", "Record that items were sealed, or that a seal was opened."),
        "hand-over": (f"{_ROOM}.custody:hand_over_cmd", "Record that another person holds items now."),
        "hold": (f"{_ROOM}.custody:hold_cmd", "Put incidents, runs or items under legal hold."),
        "release": (f"{_ROOM}.custody:release_cmd", "Release incidents, runs or items from legal hold."),
        "redact": (f"{_ROOM}.redact:redact_cmd", "Erase content for good. The ledger still verifies."),
        "scrub": (f"{_ROOM}.redact:scrub_cmd", "Rewrite the files after an erasure that was interrupted."),
        "verify": (f"{_ROOM}.verify:verify_cmd", "Verify every entry and every finding of the ledger."),
        "clock": (f"{_ROOM}.clock:clock_cmd", "List entries recorded with a wrong system clock, and correct them."),
        "head": (f"{_ROOM}.head:head_cmd", "Print the signed head of the ledger, to keep elsewhere."),
        "key": (f"{_ROOM}.key:key_group", "Create and show the key that signs heads and bundles."),
        "stamp": (f"{_ROOM}.stamp:stamp_group", "Request and import time stamps of an authority (RFC 3161)."),
        "export": (f"{_ROOM}.export:export_cmd", "Write a bundle that anybody can verify without LeakGuard."),
        "verifier": (f"{_ROOM}.export:verifier_cmd", "Print the program that verifies bundles."),
    },
)
def evidence_group() -> None:
    """Keep evidence, and verify the ledger: the append-only record of every scan, event and step.

    Each entry contains the hash of the previous one, so that a change anywhere can be detected.
    """

"""`leakguard evidence`: the ledger and the files that are evidence, and whether they still verify."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_ROOM = "leakguard.cli.evidence"


@click.command(
    cls=LazyGroup,
    lazy={
        "add": (f"{_ROOM}.add:add_cmd", "Take files in as evidence."),
        "list": (f"{_ROOM}.list:list_cmd", "List the entries of the ledger, or the items of evidence."),
        "seal": (f"{_ROOM}.custody:seal_cmd", "Record that items were sealed, or a seal opened."),
        "hand-over": (f"{_ROOM}.custody:hand_over_cmd", "Record that items are in other hands."),
        "hold": (f"{_ROOM}.custody:hold_cmd", "Put under legal hold: nothing can be erased."),
        "release": (f"{_ROOM}.custody:release_cmd", "Release from legal hold."),
        "redact": (f"{_ROOM}.redact:redact_cmd", "Erase content for good; the ledger still verifies."),
        "scrub": (f"{_ROOM}.redact:scrub_cmd", "Write the files again after an erasure that was disturbed."),
        "verify": (f"{_ROOM}.verify:verify_cmd", "Verify every entry, every finding and the end."),
        "clock": (f"{_ROOM}.clock:clock_cmd", "List entries recorded under a wrong clock, and correct them."),
        "head": (f"{_ROOM}.head:head_cmd", "Print where the ledger stands, signed, to keep elsewhere."),
        "key": (f"{_ROOM}.key:key_group", "Make and show the key that signs."),
        "stamp": (f"{_ROOM}.stamp:stamp_group", "Time stamps by somebody outside (RFC 3161)."),
        "export": (f"{_ROOM}.export:export_cmd", "Write a bundle that anybody can verify without us."),
        "verifier": (f"{_ROOM}.export:verifier_cmd", "Print the program that verifies bundles."),
    },
)
def evidence_group() -> None:
    """Keep evidence, and verify the ledger: the append-only record of every scan, event and step.

    Each entry names the hash of the one before, so a change anywhere shows.
    """

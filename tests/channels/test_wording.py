"""What a message says of its subject in a mail and as JSON."""

from __future__ import annotations

from leakguard.channels.wording import mail_text, to_json
from leakguard.frozen import replace
from support.each import for_each
from support.messages import MESSAGE


@for_each(
    ("subject", "says"),
    [
        ("IR-2026-0001", "Incident: IR-2026-0001"), ("RP-2026-0001", "Report: RP-2026-0001"),
        ("OUTBOUND", "Transfers abroad: OUTBOUND"), ("sites", "Web sites: sites"),
    ],
)  # fmt: skip
def test_a_mail_says_what_its_subject_is(subject: str, says: str) -> None:
    assert says in mail_text(replace(MESSAGE, incident=subject), head="")


def test_json_has_the_subject_beside_the_incident() -> None:
    incident, report = (to_json(replace(MESSAGE, incident=one)) for one in ("IR-2026-0001", "RP-2026-0001"))

    assert (incident["incident"], incident["subject"]) == ("IR-2026-0001", {"kind": "incident", "id": "IR-2026-0001"})
    assert (report["incident"], report["subject"]) == ("", {"kind": "report", "id": "RP-2026-0001"})
    assert to_json(replace(MESSAGE, incident=""))["subject"] is None

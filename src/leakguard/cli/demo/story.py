"""The demo's story as data: what is said, what happens on the stage, which command is typed at what simulated time."""

from __future__ import annotations

from leakguard.frozen import Frozen

OPEN, TWIN, DECOY, REDIS = "open", "protected", "decoy", "redis"
PAGE, BACKEND = "page", "backend"
"""The servers of the embedded lab, by its names."""
INCIDENT = "IR-2026-0001"
"""The first incident of a new store, at the story's time."""


class Step(Frozen):
    """One moment of the story."""

    at: str
    """The simulated time, in the university's zone."""
    say: str = ""
    happens: str = ""
    """Such as `grow` or `close_door`: something that the world does, not the user."""
    command: str = ""
    """What the user types behind `leakguard`; `{names}` are filled in by the stage."""
    exits: tuple[int, ...] = (0,)
    """The exit codes that the story expects; anything else stops it."""
    otherwise: str = ""
    """What the user types where that ended unexpectedly, as the machine lacks a font."""
    shows: int = 1
    """Lines of its output that the short story has; what matters stands first."""
    about: str = ""
    """An expression: of a long output the short story has the lines in which it is found, and not the first ones."""


def _draft(duty: str, lang: str, form: str) -> str:
    where = f"-o letters/{duty}.{lang}.{form}"
    return f"notice draft facts.yaml --incident {INCIDENT} --duty {duty} --lang {lang} --as {form} {where}"


STORY: tuple[Step, ...] = (
    Step(
        at="2026-05-23T21:50+08:00",
        say="Example University names what may be probed, who permits it and for how long.",
        command=(
            'scope init --organisation "Example University" --contact security@example.edu --approved-by CISO '
            "--include 127.0.0.0/24 --days 30"
        ),
    ),
    Step(at="2026-05-23T21:50+08:00", command="scope add {decoy_address} --to decoys"),
    Step(
        at="2026-05-23T22:00+08:00",
        say="The nightly scan. Exit code 1 means: one of our systems is open. Nobody looks before the morning.",
        command="scan {open} {twin} {decoy} {redis}",
        exits=(1,),
        shows=8,
    ),
    Step(at="2026-05-24T07:30+08:00", say="In the morning the mail log has grown.", happens="grow"),
    Step(at="2026-05-24T07:30+08:00", command="scan {open} {twin} {decoy} {redis}", exits=(1,), shows=3),
    Step(at="2026-05-24T07:31+08:00", command="scan diff {first_run} {second_run}", exits=(1,), shows=2),
    Step(
        at="2026-05-24T07:32+08:00",
        say="The chat app's page names its backend. Its owner agrees to a scan; here the lab plays it on loopback.",
        command="scan {page}",
        about="talks to",
    ),
    Step(at="2026-05-24T07:33+08:00", command="scope suggest"),
    Step(at="2026-05-24T07:35+08:00", command="scan {backend}", exits=(1,), shows=2, about="^HIGH|why:"),
    Step(
        at="2026-05-24T07:40+08:00",
        say="The responder opens an incident. A finder wrote the evening before; the DPO is sure this morning.",
        command='incident open --finding {finding} --title "Mail log open to the internet" --zone Asia/Shanghai',
        shows=2,
    ),
    Step(
        at="2026-05-24T07:42+08:00",
        command=(
            f"incident event {INCIDENT} notice_received --at 2026-05-23T22:30+08:00 "
            '--source "e-mail of a security researcher" --reason "read this morning"'
        ),
    ),
    Step(
        at="2026-05-24T07:45+08:00",
        command=(f'incident event {INCIDENT} awareness --at 2026-05-24T07:35+08:00 --source "DPO, after both scans"'),
    ),
    Step(
        at="2026-05-24T07:45+08:00",
        command=(f'incident event {INCIDENT} discovery --at 2026-05-24T07:35+08:00 --source "DPO, after both scans"'),
    ),
    Step(at="2026-05-24T07:46+08:00", command=f"playbook start {INCIDENT}", shows=3),
    Step(at="2026-05-24T07:47+08:00", command=f"playbook next {INCIDENT}", shows=5),
    Step(
        at="2026-05-24T08:30+08:00",
        say="Half past eight: every clock, on its own anchor. Nothing has been missed yet.",
        command=f"clock list --incident {INCIDENT}",
        shows=8,
    ),
    Step(at="2026-05-24T08:30+08:00", command=f"clock why --incident {INCIDENT} remediate", shows=3),
    Step(at="2026-05-24T09:00+08:00", say="The administrator asks for a login from now on.", happens="close_door"),
    Step(at="2026-05-24T09:01+08:00", command=f'playbook done {INCIDENT} contain --by "Li Wei" {{evidence}}', shows=1),
    Step(
        at="2026-05-24T09:05+08:00",
        say="Closure is proved by probing again; that stops the 24-hour clock.",
        command="scan verify {finding}",
        shows=2,
    ),
    Step(
        at="2026-05-24T09:06+08:00", command=f"clock list --incident {INCIDENT}", about="remediate|met on time", shows=2
    ),
    Step(
        at="2026-05-24T09:30+08:00",
        say="The DPO's part: which duties apply, what is still missing, and the letters.",
        happens="write_facts",
    ),
    Step(
        at="2026-05-24T09:31+08:00",
        command=f"notice assess facts.yaml --incident {INCIDENT}",
        about=r"^\d+ dut|^No known|^Judged|^DEADLINE|  (applies|fact \d)",
        exits=(0, 3),
        shows=6,
    ),
    Step(
        at="2026-05-24T09:32+08:00",
        command="notice check facts.yaml --duty eu-gdpr-33-authority",
        exits=(0, 1),
        shows=2,
    ),
    *(
        Step(
            at="2026-05-24T10:00+08:00",
            command=_draft(duty, lang, form),
            about="^Written",
            otherwise=_draft(duty, lang, "docx") if (lang, form) == ("zh", "pdf") else "",
        )
        for duty, lang, form in (
            ("eu-gdpr-33-authority", "en", "pdf"),
            ("eu-gdpr-34-individuals", "en", "html"),
            ("cn-cac-incident-general", "zh", "pdf"),
            ("cn-pipl-57-authority", "zh", "pdf"),
            ("cn-pipl-57-individuals", "zh", "txt"),
        )
    ),
    Step(
        at="2026-05-24T10:02+08:00",
        say="The finder's mail becomes a report, and data that leave the country get a route.",
        happens="write_outside",
    ),
    Step(at="2026-05-24T10:02+08:00", command="report import finder.eml", shows=2),
    Step(
        at="2026-05-24T10:03+08:00",
        command="outbound assess outbound.yaml",
        about="^NEEDS FACT|^Next fact",
        exits=(0, 3),
        shows=2,
    ),
    Step(
        at="2026-05-24T10:05+08:00",
        say="Everything above is an entry of the ledger. Does it still verify?",
        command="evidence verify",
        shows=3,
    ),
)

"""Two playbooks held against each other, for whoever has to agree to a move."""

from __future__ import annotations

from leakguard.playbooks.changes import MOST_CHARACTERS, changes
from leakguard.playbooks.definitions import parse_playbook
from support.responses import SMALL, small

OTHER = """\
  extra:
    kind: human
    title: One thing more
    phase: learn
    owner: owner
    do: More.
    next: [learn]
"""


def test_equal_playbooks_have_no_difference() -> None:
    assert changes(small(), small()) == ()


def test_every_part_that_differs_has_its_line() -> None:
    after = small(
        **{
            "playbook: small": "playbook: other",
            "version: 1": "version: 2",
            "dpo: decides": "dpo: decides alone",
            "{elapsed: PT24H}": "{elapsed: PT48H}",
            "title: Close it": "title: Shut it",
            "evidence: [config_before]": "evidence: [config_before, config_after]",
        }
    )

    assert changes(small(), after) == (
        "~ playbook: small -> other",
        "~ version: 1 -> 2",
        "~ role dpo: decides -> decides alone",
        "- clock remediate: limbs: {'anchor': 'first(notice_received)', 'amount': {'elapsed': 'PT24H'}}",
        "+ clock remediate: limbs: {'anchor': 'first(notice_received)', 'amount': {'elapsed': 'PT48H'}}",
        "~ step contain: title: Close it -> Shut it",
        "+ step contain: evidence: config_after",
    )


def test_new_and_lost_steps_are_told_by_their_titles_and_new_fields_by_their_values() -> None:
    after = small(**{"steps:\n": f"steps:\n{OTHER}", "start: [contain]": "start: [contain, extra]"})

    assert changes(small(), after) == ("+ start: extra", "+ step extra: One thing more")
    assert changes(after, small()) == ("- start: extra", "- step extra: One thing more")
    assert changes(small(), small(**{"do: Write.": "do: Write.\n    why: So."})) == (
        "~ step note: why: (nothing) -> So.",
    )


def test_another_order_is_a_difference() -> None:
    assert changes(small(), small(**{"next: [note, decide]": "next: [decide, note]"})) == (
        "~ step contain: next: the order",
    )
    head, _, steps = SMALL.partition("steps:\n")
    learn = steps[steps.index("  learn:") :]
    turned = parse_playbook(f"{head}steps:\n{learn}{steps.removesuffix(learn)}", name="turned.yaml")
    assert changes(small(), turned) == ("~ the order of the steps",)


def test_a_long_value_is_cut() -> None:
    line = changes(small(), small(**{"do: Write.": f"do: Write.\n    why: {'x' * 400}"}))[0]

    assert line.endswith("xxx...")
    assert len(line) < MOST_CHARACTERS + 60

"""Playbooks of every shape: hypothesis builds them, and the static checks let them pass."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from leakguard.playbooks.definitions import playbook_of
from leakguard.playbooks.shapes import Playbook

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=30)
"""A file may hold no control characters."""
_ANSWERS: dict[str, list[dict[str, Any]]] = {
    "text": [{"is": "Ja"}, {"is_not": "no"}, {"one_of": ["22:30", "x'y"]}],
    "number": [{"is": 3}, {"at_least": 0}, {"one_of": [1, 2]}],
    "yes_no": [{"is": True}, {"is": False}, {"is_not": True}],
    "choice": [{"is": "a"}, {"is_not": "it's"}, {"one_of": ["a", "b\\"]}],
}
OPTIONS = ("a", "it's", "b\\")
_AMOUNTS = ({"elapsed": "PT24H"}, {"elapsed": "PT90M"})
_SECOND_CLOCKS = (
    {"limbs": [{"anchor": "first(awareness)", "amount": {"calendar": "P1M"}}], "zone": "Asia/Shanghai"},
    {"anchor": "awareness", "amount": {"business_days": 4}, "calendar": "DE-BY", "end_at": "12:00"},
    {
        "limbs": [
            {"anchor": "awareness", "amount": {"none": True}},
            {"anchor": "notice_received", "amount": {"business_hours": "PT8H"}},
        ],
        "combine": "max",
        "schedule": {"days": ["mon"], "from": "09:00", "to": "17:00"},
        "except_when": {"limb": 0, "if": "classified > awareness + PT24H"},
        "statutory": {"count_from": "next_full_hour"},
    },
    {"anchor": "awareness", "amount": {"year_end_plus": "P60D"}, "within": None},
)


@st.composite
def playbooks(draw: st.DrawFn) -> Playbook:
    """A playbook that every static check accepts."""
    count = draw(st.integers(1, 7))
    names = [f"s{number}" if number % 3 else f"step_{number}" for number in range(count)]
    edges = {name: [later for later in names[place + 1 :] if draw(st.booleans())] for place, name in enumerate(names)}
    steps: dict[str, Any] = {}
    for name in names:
        before = _before(name, edges)
        steps[name] = draw(_steps(name, before, steps, edges[name]))
    steps[names[0]]["emits"] = "remediation_verified"
    last = [name for name in names if not edges[name]]
    used = {steps[name].get(field) for name in names for field in ("owner", "second_person")} - {None}
    return playbook_of(
        {
            "playbook": draw(st.sampled_from(["a", "our-own-24h"])),
            "title": draw(LINES),
            "version": draw(st.integers(1, 10**18)),
            "tested_on": draw(st.sampled_from([None, "2026-10-02"])),
            "about": draw(st.lists(LINES, max_size=3)),
            "references": draw(st.lists(LINES, max_size=2)),
            "roles": {role: draw(LINES) for role in draw(st.permutations(sorted(used)))},
            "clocks": draw(_clocks()),
            "start": [name for name in names if not _before(name, edges)],
            "end": last if len(last) > 1 or draw(st.booleans()) else [],
            "steps": steps,
        },
        name="made up",
    )


def _before(name: str, edges: dict[str, list[str]]) -> list[str]:
    direct = [one for one, following in edges.items() if name in following]
    return list(dict.fromkeys([*direct, *(far for one in direct for far in _before(one, edges))]))


@st.composite
def _clocks(draw: st.DrawFn) -> dict[str, Any]:
    end = {"end": "remediation_verified"}
    clocks: dict[str, Any] = {
        "remediate": {"anchor": "first(notice_received)", "amount": draw(st.sampled_from(_AMOUNTS)), **end}
    }
    if draw(st.booleans()):
        clocks["another"] = {**draw(st.sampled_from(_SECOND_CLOCKS)), **end, "title": draw(LINES)}
        if draw(st.booleans()):
            clocks = dict(reversed(clocks.items()))
    return clocks


@st.composite
def _steps(
    draw: st.DrawFn, name: str, before: list[str], earlier: dict[str, Any], following: list[str]
) -> dict[str, Any]:
    kind = draw(st.sampled_from(["human", "automated", "decision", "notice"]))
    step: dict[str, Any] = {
        "kind": kind,
        "title": draw(LINES),
        "phase": draw(st.sampled_from(["coordinate", "contain", "scope_data", "tell", "learn"])),
        "owner": draw(st.sampled_from(["dpo", "owner"])),
        "do": draw(st.lists(LINES, max_size=3)),
        "next": following,
        "due": draw(st.sampled_from([None, {"of": "remediate", "at": "PT1H"}])),
        "why": draw(st.none() | LINES),
        "do_not": draw(st.lists(LINES, max_size=1)),
        "how": draw(st.dictionaries(st.sampled_from(["redis", "s3"]), st.lists(LINES, min_size=1, max_size=2))),
        "maps_to": draw(st.sampled_from([{}, {"nist": ["RS.MI-01"], "cisa": ["containment"]}])),
        "undone_by": draw(st.sampled_from([[], ["exposure_seen_again"]])),
    }
    step.update(draw(_machine()) if kind == "automated" else draw(_person(kind)))
    if draw(st.booleans()):
        step |= {"on_fail": draw(st.sampled_from([name, *before])), "attempts": 2}
    if step.get("form") and draw(st.booleans()):
        until = {"field": "q0", **draw(st.sampled_from(_ANSWERS[step["form"]["q0"]["type"]]))}
        first = draw(st.sampled_from([None, name, *before]))
        step["repeat"] = {"until": until, "at_most": 3, "every": draw(st.sampled_from([None, "PT2H"])), "from": first}
    asked = [one for one in before if earlier[one].get("form")]
    if asked:
        step["when"] = [
            {"step": one, "field": "q0", **draw(st.sampled_from(_ANSWERS[earlier[one]["form"]["q0"]["type"]]))}
            for one in draw(st.lists(st.sampled_from(asked), max_size=2))
        ]
    return {key: value for key, value in step.items() if value is not None}


@st.composite
def _machine(draw: st.DrawFn) -> dict[str, Any]:
    return draw(
        st.sampled_from(
            [
                {"run": "leakguard scan verify {findings}", "emits": "remediation_verified"},
                {"action": "collect", "repeat_safe": False},
                {"action": "notify", "with": {"role": "owner", "message": "Look at {incident}"}, "owner": "owner"},
                {"action": "webhook", "with": {"message": "m", "channel": "c"}},
            ]
        )
    )


@st.composite
def _person(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    kinds = draw(st.lists(st.sampled_from(sorted(_ANSWERS)), max_size=3))
    form: dict[str, dict[str, Any]] = {
        f"q{number}": {"type": one, "label": draw(LINES)} for number, one in enumerate(kinds)
    }
    for question in form.values():
        if question["type"] == "choice":
            question["options"] = list(OPTIONS)
        if question["type"] == "number":
            question |= {"at_least": 0, "required": False}
    second = draw(st.sampled_from([None, "counsel"]))
    evidence = draw(st.lists(st.sampled_from(["config", "logs"]), unique=True))
    if kind == "decision" or form:
        return {"form": form, "second_person": second, "evidence": evidence}
    return {"second_person": second, "evidence": evidence, "takes": draw(st.sampled_from([None, "PT1H"]))}

"""The steps of an incident, and one step: done, failed, left out, confirmed, taken back, assigned, discussed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import NotFound, UsageProblem
from leakguard.web.console.pages.answers import answers_of, evidence_of, stated_moment
from leakguard.web.console.pages.playbooks import offered
from leakguard.web.console.pages.step_links import lines_in
from leakguard.web.console.pages.step_words import WORDS
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_OPEN = ("ready", "failed", "running", "unsure")


def listed(desk: Desk) -> PageContext:
    """What is open now, what waits for it, what is settled; or that no playbook was started."""
    try:
        response = desk.ask("next_steps", query={"lang": desk.words.language})
    except NotFound:
        return {"words": WORDS, "response": None, "playbooks": offered(desk)}
    clocks = desk.ask("list_clocks")["clocks"]
    return {
        "words": WORDS, "response": response, "steps": {step["id"]: step for step in response["steps"]},
        "groups": _groups(response),
        "phases": _phases(response), "forecasts": [clock for clock in clocks if "forecast" in clock],
        "jobs": _jobs(desk),
    }  # fmt: skip


def _groups(response: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The steps by how they stand; what is open in the order in which it is due."""
    found: dict[str, list[dict[str, Any]]] = {"open": [], "waiting": [], "done": [], "skipped": []}
    for step in response["steps"]:
        found["open" if step["state"] in _OPEN else step["state"]].append(step)
    found["open"].sort(key=lambda one: one["due_at"] or "9999")
    return found


def _phases(response: dict[str, Any]) -> dict[str, dict[str, int]]:
    """By phase, how many steps it has and how many of them are settled or open."""
    found: dict[str, dict[str, int]] = {}
    for step in response["steps"]:
        phase = found.setdefault(step["phase"], {"all": 0, "settled": 0, "open": 0})
        phase["all"] += 1
        phase["settled"] += step["state"] in {"done", "skipped"}
        phase["open"] += step["state"] in _OPEN
    return found


def _jobs(desk: Desk) -> list[dict[str, Any]]:
    """The machines that were started here for this incident, the last one first."""
    if not desk.can("list_scans"):
        return []
    return [scan for scan in desk.ask("list_scans", path={})["scans"] if scan["incident"] == desk.incident][::-1]


def shown(desk: Desk) -> PageContext:
    """One step."""
    document = desk.ask("show_step", query={"lang": desk.words.language})
    step, incident = document["step"], desk.incident
    found = desk.ask("list_comments", query={"step": step["id"]})
    refused = (
        {problem.where.removeprefix("form."): problem for problem in desk.refusal.problems} if desk.refusal else {}
    )
    return {
        "words": WORDS, "shown": document, "step": step, "is_open": step["state"] in _OPEN,
        "comments": found, "jobs": _jobs(desk),
        "lines": lines_in(step["do"], incident), "refused": refused,
        "items": {proof["id"]: proof for proof in document["proofs"]}, "is_mine": _is_mine(desk, step["awaits_second"]),
        "may_assign": desk.may(Right.ASSIGN_STEPS), "may_privilege": desk.may(Right.COMMENT_PRIVILEGED),
    }  # fmt: skip


def _is_mine(desk: Desk, claim: dict[str, Any] | None) -> bool:
    return claim is not None and claim["by_id"] == desk.caller.actor


def _back(desk: Desk) -> Done:
    return Done(path=url_of("/incidents/{}/steps/{}", desk.incident, desk.path["step"]))


def do(desk: Desk) -> Done:
    """Take in what was uploaded, then record the step; nothing is taken in for a step that is not open."""
    step = desk.ask("show_step")["step"]
    is_open = step["state"] in _OPEN
    evidence = evidence_of(desk, step["evidence"] if is_open else (), source=f"step {step['id']}")
    body = {
        "evidence": evidence, "form": answers_of(desk, step["form"]), "at": stated_moment(desk, "at"),
        "reason": desk.one("reason"),
    }  # fmt: skip
    desk.ask("do_step", body=body)
    return _back(desk)


def fail(desk: Desk) -> Done:
    """It did not work."""
    desk.ask("fail_step", body={"failure": desk.one("failure")})
    return _back(desk)


def skip(desk: Desk) -> Done:
    """It is not needed."""
    desk.ask("skip_step", body={"reason": desk.one("why_not")})
    return _back(desk)


def confirm(desk: Desk) -> Done:
    """Agree as the second person."""
    read = desk.one("claim")
    desk.ask("confirm_step", query={"claim": read} if read else {})
    return _back(desk)


def take_back(desk: Desk) -> Done:
    """It was recorded by mistake."""
    desk.ask("take_back_step", body={"reason": desk.one("mistake")})
    return _back(desk)


def assign(desk: Desk) -> Done:
    """Whose it is; nobody's where no name was chosen."""
    desk.ask("assign_step", body={"to": desk.one("to") or None})
    return _back(desk)


def comment(desk: Desk) -> Done:
    """Say something about the step."""
    text = desk.one("comment")
    if not text:
        raise UsageProblem("the comment is empty", next_step="Write what you have to say.")
    desk.ask("add_comment", body={"text": text, "step": desk.path["step"], "privileged": bool(desk.one("privileged"))})
    return _back(desk)


def run(desk: Desk) -> Done:
    """Let the machine do this step."""
    again = bool(desk.one("again"))
    body = {"step": desk.path["step"], "again": again, "reason": desk.one("seen") if again else ""}
    desk.ask("run_steps", path={"incident": desk.incident}, body=body)
    return _back(desk)


def run_all(desk: Desk) -> Done:
    """Let the machine do all that is due."""
    desk.ask("run_steps", body={})
    return Done(path=url_of("/incidents/{}/steps", desk.incident))


_STEP, _DO = "/incidents/{incident}/steps/{step}", Right.DO_STEPS
SCREENS = (
    Screen(
        name="incident_steps", path="/incidents/{incident}/steps", title="Steps", template="steps/steps.html",
        show=listed, right=Right.READ_INCIDENTS, section="incidents", tab="Steps", counts="steps",
    ),
    Screen(
        name="step", path=_STEP, title="Step", template="steps/step.html", show=shown, right=Right.READ_INCIDENTS,
        section="incidents", under="incident_steps",
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="do_step", path=f"{_STEP}/done", screen="step", perform=do, right=_DO, takes_files=True,
        done="It is recorded.",
    ),
    Act(
        name="fail_step", path=f"{_STEP}/failed", screen="step", perform=fail, right=_DO,
        done="It is recorded that this did not work.",
    ),
    Act(
        name="skip_step", path=f"{_STEP}/skip", screen="step", perform=skip, right=Right.WAIVE_STEPS,
        done="It is recorded that this step is not needed. A second person has to agree.",
    ),
    Act(
        name="confirm_step", path=f"{_STEP}/confirm", screen="step", perform=confirm, right=_DO,
        done="You agreed. The step counts now.",
    ),
    Act(
        name="take_back_step", path=f"{_STEP}/take-back", screen="step", perform=take_back, right=_DO,
        done="The step is open again.",
    ),
    Act(name="assign_step", path=f"{_STEP}/assign", screen="step", perform=assign, right=_DO, done="It is assigned."),
    Act(
        name="comment_step", path=f"{_STEP}/comment", screen="step", perform=comment, right=Right.COMMENT,
        done="The comment is recorded.",
    ),
    Act(
        name="run_step", path=f"{_STEP}/run", screen="step", perform=run, right=_DO, starts_process=True,
        done="The machine has begun.",
    ),
    Act(
        name="run_steps", path="/incidents/{incident}/playbook/run", screen="incident_steps", perform=run_all,
        right=_DO, starts_process=True, done="The machine has begun.",
    ),
)  # fmt: skip

"""What `doctor` found, as lines and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from leakguard.outputs.words import printable
from leakguard.use_cases.doctor.checkup import SCHEMA, Checkup, CheckupAnswer

_WORDS = {CheckupAnswer.OK: "ok", CheckupAnswer.PROBLEM: "PROBLEM", CheckupAnswer.NOT_CHECKED: "not checked"}
_WIDTH = max(map(len, _WORDS.values()))


def checkup_lines(checkup: Checkup) -> Iterator[str]:
    """A line for each answer, with what to do below it, and a sum at the end."""
    for result in checkup.found:
        part = result.part.replace("_", " ")
        yield f"{_WORDS[result.answer]:<{_WIDTH}}  {part}: {printable(result.text, longest=400)}"
        if result.next_step:
            yield f"{'':<{_WIDTH}}  Next: {printable(result.next_step, longest=400)}"
    counts = {answer: sum(checked.answer is answer for checked in checkup.found) for answer in CheckupAnswer}
    fine, problems = counts[CheckupAnswer.OK], counts[CheckupAnswer.PROBLEM]
    unknown = counts[CheckupAnswer.NOT_CHECKED]
    yield f"{fine} ok, {problems} {'problem' if problems == 1 else 'problems'}, {unknown} not checked."


def checkup_json(checkup: Checkup) -> str:
    """One JSON document."""
    checks = [
        {
            "part": result.part,
            "answer": result.answer.value,
            "found": result.text,
            "next_step": result.next_step or None,
        }
        for result in checkup.found
    ]
    return json.dumps({"schema": SCHEMA, "exit_code": int(checkup.exit_code), "checks": checks}, ensure_ascii=False)

"""A CACAO playbook as other tools write them, small enough to change one thing at a time."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid5

_SPACE = UUID("7b2d4f3c-1111-5222-8333-944455566677")


def key(kind: str, name: str) -> str:
    """An id that follows from a name."""
    return f"{kind}--{uuid5(_SPACE, name)}"


TEAM, DESK = key("individual", "team"), key("group", "desk")
START, END = key("start", "start"), key("end", "end")
ISOLATE, ASK, WARN, LOG = (key("action", name) for name in ("isolate", "ask", "warn", "log"))
BOTH, IF = key("parallel", "both"), key("if-condition", "if")
HOST = key("linux", "host")


def manual(name: str, following: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON holds anything)
    """An action for a person of the team."""
    command = {"type": "manual", "command": f"{name} it."}
    return {"type": "action", "name": name, "commands": [command], "agent": TEAM, "on_completion": following, **more}


def end(name: str) -> str:
    """The id of the end of one branch."""
    return key("end", name)


def foreign() -> dict[str, Any]:
    """Isolate; then ask and write down side by side; then warn if the owner said so."""
    workflow = {
        START: {"type": "start", "on_completion": ISOLATE},
        ISOLATE: manual("Isolate", BOTH),
        BOTH: {"type": "parallel", "next_steps": [ASK, LOG], "on_completion": IF},
        ASK: manual("Ask the owner", end("ask"), out_args=["__is_ours__"]),
        end("ask"): {"type": "end"},
        LOG: manual("Log", end("log"), agent=DESK),
        end("log"): {"type": "end"},
        IF: {"type": "if-condition", "condition": "__is_ours__:value = true", "on_true": WARN, "on_completion": END},
        WARN: manual("Warn", end("warn")),
        end("warn"): {"type": "end"},
        END: {"type": "end"},
    }
    return {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": key("playbook", "theirs"),
        "name": "Isolate a host",
        "description": "Written elsewhere.\nTwo lines.",
        "created_by": key("identity", "they"),
        "created": "2025-01-01T00:00:00.000Z",
        "modified": "2025-02-01T00:00:00.000Z",
        "playbook_variables": {"__is_ours__": {"type": "bool", "description": "Is the host ours?"}},
        "workflow_start": START,
        "workflow": workflow,
        "agent_definitions": {
            TEAM: {"type": "individual", "name": "Response Team", "description": "Acts first"},
            DESK: {"type": "group", "name": "Service desk"},
        },
    }


def text_of(document: object) -> str:
    """As a file."""
    return json.dumps(document, ensure_ascii=False)

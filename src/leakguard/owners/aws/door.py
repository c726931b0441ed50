"""The one door to AWS: every client is made here, and lets only reading questions out that `operations` lists."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leakguard.errors import CloudRefused, NotAllowed
from leakguard.owners.aws.operations import is_allowed

if TYPE_CHECKING:
    from boto3 import Session

ATTEMPTS = 8
"""Of one question, where the interface says that we ask too fast; the pauses between them grow to 20 seconds."""
CONNECT_SECONDS, READ_SECONDS = 5, 30
NewSession = Callable[[str], "Session"]
"""A session of a profile; raises what the library raises."""


def session_of(profile: str) -> Session:
    """The profile as the library's own files and environment tell it; `default` may also come from the environment."""
    import boto3  # noqa: PLC0415  (0.3 s, and most scans have no use for it)

    known = boto3.Session().available_profiles
    return boto3.Session() if profile == "default" and profile not in known else boto3.Session(profile_name=profile)


class Door:
    """Makes clients, each once; may be used by several threads."""

    def __init__(self, new_session: NewSession = session_of) -> None:
        """`new_session` makes the library's own sessions."""
        self._new_session = new_session
        self._sessions: dict[str, Session] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.RLock()

    def session(self, profile: str) -> Session:
        """The session of a profile, guarded; raises `CloudRefused` where there is no such profile."""
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415  (as above)

        with self._lock:
            if profile not in self._sessions:
                try:
                    made = self._new_session(profile)
                except BotoCoreError as error:
                    raise CloudRefused(
                        f"the profile `{profile[:60]}` cannot be used ({type(error).__name__})",
                        next_step="List the profiles of this machine: aws configure list-profiles",
                    ) from error
                made.events.register_first("before-call", guard)
                self._sessions[profile] = made
            return self._sessions[profile]

    def client(self, profile: str, service: str, region: str) -> Any:  # noqa: ANN401  (the library makes classes at run time)
        """A client of one service in one region, which waits and asks again when it is told to ask more slowly."""
        from botocore.config import Config  # noqa: PLC0415  (as above)

        with self._lock:
            key = (profile, service, region)
            if key not in self._clients:
                config = Config(
                    connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS,
                    retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS}, user_agent_extra="leakguard",
                )  # fmt: skip
                session = self.session(profile)
                self._clients[key] = session.client(service, region_name=region, config=config)
            return self._clients[key]


def guard(model: Any, **_: object) -> None:  # noqa: ANN401  (the library's own model of an operation)
    """Refuse every question that is not on the list; the library calls this before it sends anything."""
    service, operation = str(model.service_model.service_name), str(model.name)
    if not is_allowed(service, operation):
        raise NotAllowed(
            f"{service}:{operation} is none of the questions that may be asked of an account",
            next_step="Only settings are read; `leakguard scan --aws-policy` lists every question.",
        )

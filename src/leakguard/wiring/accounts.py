"""Who uses this process: the OS user, a name that was typed, or the account of a session or a token."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Self

from leakguard.errors import NotAllowed
from leakguard.frozen import Frozen, replace
from leakguard.models.people import BySource, Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from leakguard.accounts.passwords import Cost
    from leakguard.settings import Settings
    from leakguard.store.session_file import SessionFile
    from leakguard.store.sql_store import SqlStore
    from leakguard.use_cases.accounts.callers import Caller

TOKEN = "LEAKGUARD_TOKEN"  # noqa: S105  (the name of the variable)
SESSION = "LEAKGUARD_SESSION"
"""Set for a child of the server alone: the session of whoever has it do something."""
JOB = "LEAKGUARD_JOB"
"""Set for a child of the server alone: the job that it does."""
_JOB = re.compile(r"S-[0-9a-f]{12}")


class GivenSecret(Frozen, hidden=("secret",)):
    """A secret that this process was given."""

    secret: str
    how: BySource


class AccountWiring:
    """The part of `Wiring` that knows accounts."""

    settings: Settings
    caller: Caller | None = None
    """The account that this process works for, once the store was opened; `None` where nobody logged in."""
    given: GivenSecret | None = None
    """What it logs in with; nothing while nobody asked the environment."""
    on_caller: Callable[[Caller], None] = staticmethod(lambda _: None)
    """Called with the account, as soon as it is known."""
    _recorder: Recorder
    _typed: Recorder | None = None

    if TYPE_CHECKING:  # what this part needs of the others

        @property
        def store_if_any(self) -> SqlStore | None:
            """The store where there is one."""

        def now(self) -> datetime:
            """The time, in UTC."""

    def login_now(self) -> datetime:
        """The time by which logins last."""
        return self.now()

    @property
    def password_cost(self) -> Cost:
        """How much a guess at a password costs."""
        from leakguard.accounts.passwords import COST  # noqa: PLC0415  (`--help` must not load it)

        return COST

    @property
    def recorder(self) -> Recorder:
        """Who records; where a session or a token was given, the store is asked whose it is."""
        if self.given is not None and self.caller is None:
            self.open_for_caller()
        return self._recorder

    @recorder.setter
    def recorder(self, recorder: Recorder) -> None:
        """Record as somebody from now on."""
        self._recorder = recorder

    def open_for_caller(self) -> None:
        """Open the store, if there is one, so that the caller is known; the command goes on with the same."""
        store = self.store_if_any
        if store is not None:
            vars(self)["store"] = store

    def session_file(self) -> SessionFile:
        """Where the session of this user with this store is kept."""
        from leakguard.store.session_file import SessionFile  # noqa: PLC0415  (`--help` must not load it)

        return SessionFile.of(self.settings.store, os.environ)

    def with_environment(self) -> Self:
        """Use the token in the environment, or the session that `leakguard login` kept."""
        token = os.environ.get(TOKEN, "")
        secret = token or os.environ.get(SESSION, "") or self.session_file().read()
        if secret:
            self.given = GivenSecret(secret=secret, how=BySource.TOKEN if token else BySource.SESSION)
        return self

    def speak_as(self, typed: Recorder | None) -> None:
        """Record under a name that somebody typed, or as a program; who logged in has a name already."""
        self._typed = typed
        if typed is not None:
            actor = typed.actor or self._recorder.actor  # the user of the operating system typed it
            self._recorder = replace(typed, actor=actor)

    def identify(self, store: SqlStore) -> None:
        """Find out whose the session or the token is, and record as that account.

        Raises `NotLoggedIn` for one that opens nothing, `NotAllowed` for a typed name that is somebody else's.
        """
        if self.given is None or self.caller is not None:
            return
        from leakguard.use_cases.accounts.callers import read_registry, who_of_session, who_of_token  # noqa: PLC0415  (as above)

        if self.given.how is BySource.SESSION and not read_registry(store).has_accounts:
            self.given = None  # a session with a store that stood here before
            return
        who_of = who_of_token if self.given.how is BySource.TOKEN else who_of_session
        self.caller = who_of(store, self.given.secret, self.now())
        self.on_caller(self.caller)
        if self._typed is None or self._typed.source is not BySource.PROGRAM:
            _refuse_other_name(self._typed, self.caller)
            self._recorder = replace(self.caller.recorder(), job=job_in(os.environ))
        store.record_as(self._recorder)


def job_in(environment: Mapping[str, str]) -> str:
    """The job of a server for which this process runs; empty for anything else."""
    job = environment.get(JOB, "")
    return job if _JOB.fullmatch(job) else ""


def _refuse_other_name(typed: Recorder | None, caller: Caller) -> None:
    """Who logged in speaks for nobody else."""
    if typed is not None and " ".join(typed.name.split()).casefold() != caller.name.casefold():
        raise NotAllowed(
            f"you are logged in as {caller.name}, and --by names `{typed.name[:60]}`",
            next_step="Leave --by out, or log in as that person: leakguard login",
        )

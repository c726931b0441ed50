"""Reaching the broker, and saying in our own words why it cannot be reached."""

from __future__ import annotations

import queue
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from celery import Celery
from celery.exceptions import CeleryError
from kombu.exceptions import OperationalError

from leakguard.errors import BadFile, FleetUnreachable
from leakguard.files.opening import open_file

RETRY = {"max_retries": 5, "interval_start": 0.2, "interval_step": 1.0, "interval_max": 5.0}
"""A broker that restarts is back in that time."""
REACHED_WITHIN_SECONDS = 25.0
_NEXT_STEP = "Start the broker, or correct its URL: `broker`, or the variable of `broker_env`, in [fleet]."
_REFUSALS = frozenset({"AuthenticationError", "AuthorizationError", "AccessRefused", "AuthenticationFailure"})
_FORBIDDEN = (
    "the broker knows this user and does not let it do what the fleet needs",
    "Let it: rabbitmqctl set_permissions -p VHOST USER '.*' '.*' '.*', or in Redis: ACL SETUSER USER ~* &* +@all",
)
_REASONS = (
    ({"NoPermissionError"}, *_FORBIDDEN),
    (
        _REFUSALS,
        "the broker refuses this user or this password",
        "Correct the URL of the broker: `leakguard fleet --help` shows where it stands.",
    ),
    (
        {"NotAllowed"},
        "the broker has no such virtual host, or this user may not use it",
        "Correct the end of the URL, or on the broker: rabbitmqctl add_vhost, rabbitmqctl set_permissions.",
    ),
    (
        {"OutOfMemoryError"},
        "the broker has no room left and takes no message",
        "Raise `maxmemory` of Redis, or take out of it what is not the fleet's.",
    ),
    ({"gaierror"}, "the name of the broker has no address", "Correct the URL of the broker, or the resolver."),
)
"""What went wrong by the names of the libraries' errors, and what to do."""
_CERTIFICATES = {
    10: ("the certificate of the broker has expired", "Renew it on the broker, or set the clock of this machine."),
    9: ("the certificate of the broker is not valid yet", "Set the clock of this machine, or that of who made it."),
    **dict.fromkeys(
        (62, 64),
        (
            "the certificate of the broker is for another name",
            "Write the name that it is for into the URL, or have one made for this name.",
        ),
    ),
}
"""By the code of OpenSSL (X509_V_ERR_...)."""
_UNTRUSTED = (
    "nobody whom this machine trusts vouches for the certificate of the broker",
    "Name the authority that made it with `?ssl_ca_certs=FILE` at the end of the URL.",
)
_TLS_OR_NOT = "rediss:// and amqps:// speak TLS, redis:// and amqp:// do not: correct the URL, or its port."
_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_MOST_CAUSES = 10


@contextmanager
def reachable(app: Celery) -> Iterator[None]:
    """The errors of transport and connection as one of ours, without the URL, which may hold a password."""
    connection = app.connection_for_write()
    errors = (*connection.connection_errors, *connection.channel_errors, OperationalError, CeleryError, OSError)
    try:
        yield
    except queue.Empty:
        raise
    except errors as error:
        raise _unreachable(_causes(error), app.conf.broker_use_ssl or {}) from None


def connected(app: Celery, retry: Mapping[str, float]) -> Any:  # noqa: ANN401  (Kombu has no types)
    """A connection that is there; raises what `reachable` turns into one of ours.

    It is tried again where that may help: a password, a certificate or a file that is wrong stays wrong.
    """
    tls = app.conf.broker_use_ssl or {}

    def lost(error: BaseException, _: float) -> None:
        if any(_is_for_good(cause) for cause in _causes(error)) or _unfit_paper(tls):
            raise error

    connection = app.connection_for_read()
    connection.ensure_connection(lost, **retry, timeout=REACHED_WITHIN_SECONDS)
    return connection


def _is_for_good(cause: BaseException) -> bool:
    return isinstance(cause, ssl.SSLCertVerificationError) or type(cause).__name__ in _REFUSALS


def _is_late_refusal(cause: BaseException) -> bool:
    """RabbitMQ uses one word for a login and for what a user may do after it; the latter names what was asked for."""
    return type(cause).__name__ == "AccessRefused" and any(getattr(cause, "method_sig", None) or ())


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < _MOST_CAUSES:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes


def _unreachable(causes: Sequence[BaseException], tls: Mapping[str, Any]) -> FleetUnreachable:
    """Says which of the usual reasons it is; what a library says may repeat the URL, so none of it is shown."""
    names = [type(each).__name__ for each in causes]
    if any(_is_late_refusal(cause) for cause in causes):
        return FleetUnreachable(_FORBIDDEN[0], next_step=_FORBIDDEN[1])
    for known, what, next_step in _REASONS:
        if not known.isdisjoint(names):
            return FleetUnreachable(what, next_step=next_step)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            what, next_step = _CERTIFICATES.get(cause.verify_code, _UNTRUSTED)
            return FleetUnreachable(what, next_step=next_step)
    return _unfit_paper(tls) or _unanswered(causes, names)


def _unanswered(causes: Sequence[BaseException], names: Sequence[str]) -> FleetUnreachable:
    """Nobody answers, or not as a broker does."""
    if (strange := next((name for name in names if "SSL" in name), None)) is not None:
        return FleetUnreachable(f"the broker does not answer as expected ({strange})", next_step=_TLS_OR_NOT)
    if (silent := next((name for name in names if "Timeout" in name), None)) is not None:
        return FleetUnreachable(
            f"the broker does not answer ({silent})",
            next_step=f"Look whether it runs, and whether a firewall or a lost network is in between. {_TLS_OR_NOT}",
        )
    plainest = next((type(cause).__name__ for cause in reversed(causes) if isinstance(cause, OSError)), names[0])
    return FleetUnreachable(f"the broker cannot be reached ({plainest})", next_step=_NEXT_STEP)


def _unfit_paper(tls: Mapping[str, Any]) -> FleetUnreachable | None:
    """The file that the URL names and that is of no use to us."""
    for name, place in _papers(tls):
        if problem := _paper_problem(name, place):
            return FleetUnreachable(
                f"the file of `{name}` {problem}", next_step=f"Correct `?{name}=FILE` at the end of the broker's URL."
            )
    return None


def _papers(tls: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The files that the URL names, each by its word there."""
    for name in _FILES:
        place = tls.get(name, tls.get(name.removeprefix("ssl_")))
        if place is not None:
            yield name, str(place)


def _paper_problem(name: str, place: str) -> str:
    """Why a file that the URL names is of no use to us; empty: nothing is known against it."""
    try:
        open_file(place).close()
        if name == "ssl_ca_certs":
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(place)
    except BadFile as bad:
        return "cannot be read" if isinstance(bad.__cause__, OSError) else bad.problems[0].text
    except OSError:
        return "holds no certificate"
    return ""

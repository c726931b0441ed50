"""The Celery application that both sides make: JSON only, acknowledged late, one queue a vantage."""

from __future__ import annotations

import hashlib
import ssl
from urllib.parse import parse_qsl, urlsplit

from celery import Celery

from leakguard.fleet.broker.transports import use_our_transports
from leakguard.fleet.settings import TLS_SCHEMES

VISIBLE_AGAIN_SECONDS = 60
"""Redis hands a task out again so long after the lease: by then its message is refused as too old."""
CONNECT_SECONDS = 10
RESULTS_LIVE_SECONDS = 24 * 3600
"""RabbitMQ forgets a queue of results that no coordinator has come back for."""
HEARTBEAT_SECONDS = 30


def make_app(broker: str, *, lease_seconds: int) -> Celery:
    """Connects to nothing yet. `broker` may hold a password, so it is never printed."""
    use_our_transports()
    tls = tls_of(broker)
    app = Celery("leakguard", set_as_current=False)
    app.conf.update(
        broker_url=broker if tls is None else broker.partition("?")[0],
        broker_use_ssl=tls,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,  # a broker that has no room refuses single commands, and has room later
        broker_heartbeat=HEARTBEAT_SECONDS,
        broker_transport_options=_transport(broker, lease_seconds),
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_store_eager_result=False,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_max_tasks_per_child=200,
        enable_utc=True,
    )
    return app


def queue_of(vantage: str, holder: str = "") -> str:
    """The name of the queue of a vantage's orders, or of those that are for the worker with one public key alone."""
    return f"leakguard.{vantage}" + (f".{hashlib.sha256(holder.encode()).hexdigest()[:16]}" if holder else "")


def results_of(scan: str) -> str:
    """The name of the queue of a scan's results."""
    return f"leakguard.results.{scan}"


def calls_of(vantage: str) -> str:
    """The name of what everybody of a vantage hears."""
    return f"leakguard.calls.{vantage}"


def tls_of(broker: str) -> dict[str, object] | None:
    """How TLS is spoken with a broker: its certificate is checked unless the URL says otherwise; Kombu checks none."""
    parts = urlsplit(broker)
    if parts.scheme not in TLS_SCHEMES:
        return None
    words = dict(parse_qsl(parts.query))
    wanted = words.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    required = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL}.get(wanted, ssl.CERT_REQUIRED)
    is_named = required != ssl.CERT_NONE and words.get("ssl_check_hostname", "true").lower() != "false"
    files: dict[str, object] = {
        name: words[name] for name in ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile") if name in words
    }
    if parts.scheme == "rediss":
        return {**files, "ssl_cert_reqs": required, "ssl_check_hostname": is_named}
    own = {name.removeprefix("ssl_"): place for name, place in files.items()} | {"cert_reqs": required}
    return {**own, "server_hostname": parts.hostname} if is_named else own


def _transport(broker: str, lease_seconds: int) -> dict[str, object]:
    if broker.startswith("redis"):
        return {
            "visibility_timeout": lease_seconds + VISIBLE_AGAIN_SECONDS, "socket_timeout": float(CONNECT_SECONDS),
            "socket_connect_timeout": float(CONNECT_SECONDS),
        }  # fmt: skip
    return {"confirm_publish": True} if broker.startswith("amqp") else {}

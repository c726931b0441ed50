"""The Celery application that both sides make: JSON only, acknowledged late, one queue a vantage."""

from __future__ import annotations

from celery import Celery

TASK = "leakguard.fleet.look"
VISIBLE_AGAIN_SECONDS = 60
"""Redis hands a task out again so long after the lease: by then its message is refused as too old."""
CONNECT_SECONDS = 10
RESULTS_LIVE_SECONDS = 24 * 3600
"""RabbitMQ forgets a queue of results that no coordinator has come back for."""
HEARTBEAT_SECONDS = 30


def make_app(broker: str, *, lease_seconds: int) -> Celery:
    """Connects to nothing yet. `broker` may hold a password, so it is never printed."""
    from leakguard.fleet.transports import use_our_transports  # noqa: PLC0415  (it knows the task's name)

    use_our_transports()
    app = Celery("leakguard", set_as_current=False)
    app.conf.update(
        broker_url=broker,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
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


def queue_of(vantage: str) -> str:
    """The name of the queue of a vantage's orders."""
    return f"leakguard.{vantage}"


def results_of(scan: str) -> str:
    """The name of the queue of a scan's results."""
    return f"leakguard.results.{scan}"


def calls_of(vantage: str) -> str:
    """The name of what everybody of a vantage hears."""
    return f"leakguard.calls.{vantage}"


def _transport(broker: str, lease_seconds: int) -> dict[str, object]:
    if broker.startswith("redis"):
        return {
            "visibility_timeout": lease_seconds + VISIBLE_AGAIN_SECONDS, "socket_timeout": float(CONNECT_SECONDS),
            "socket_connect_timeout": float(CONNECT_SECONDS),
        }  # fmt: skip
    return {"confirm_publish": True} if broker.startswith("amqp") else {}

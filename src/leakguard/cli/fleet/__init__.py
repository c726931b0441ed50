"""`leakguard fleet`: workers that look from other places, and the keys by which they are known."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_EPILOG = """\b
Settings in leakguard.toml of the coordinator (on a worker, [fleet.trusted] has the key of the coordinator):
  [fleet]
  broker_env = "LEAKGUARD_BROKER"        # a variable: rediss://... or amqps://user:password@queue.example.edu/leakguard
  key_file = "/etc/leakguard/fleet.key"
  workers = 4                            # shards of one vantage at the same time
  lease_seconds = 300                    # the same on every machine
  [fleet.trusted]
  campus-1 = "ed25519:... campus"        # a key, and the vantages for which it may report

\b
Examples:
  leakguard fleet key init
  leakguard fleet worker --vantage campus
  leakguard fleet status
  leakguard fleet reports --worker campus-1
  leakguard scan --vantage campus,outside
"""


@click.command(
    epilog=_EPILOG,
    cls=LazyGroup,
    lazy={
        "worker": ("leakguard.cli.fleet.worker:worker_cmd", "Scan from this machine for a coordinator elsewhere."),
        "status": ("leakguard.cli.fleet.status:status_cmd", "Show which workers are available."),
        "reports": ("leakguard.cli.fleet.reports:reports_cmd", "List what each worker reported."),
        "withdraw": ("leakguard.cli.fleet.withdraw:withdraw_cmd", "Withdraw what a worker reported."),
        "key": ("leakguard.cli.fleet.key:key_group", "Create and show the key of this machine."),
    },
)
def fleet_group() -> None:
    """Scan from several locations at once: `leakguard scan --vantage campus,outside`.

    The broker, the keys and the limits are settings in leakguard.toml.
    """

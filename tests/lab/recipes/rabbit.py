"""RabbitMQ with its management API, from Debian. That API always asks for a login, so there is one form."""

from __future__ import annotations

import asyncio

from lab.clients.web import Web
from lab.model import PASSWORD, NotAsNamed, Server
from lab.site import Site

PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server"


async def rabbitmq(site: Site) -> list[Server]:
    """A user of its own, and the management API on loopback."""
    name = "rabbitmq-protected"
    await site.shelf.debian("rabbitmq")
    workdir, port, amqp = site.workdir(name), site.port(), site.port()
    for folder in ("mnesia", "logs"):
        (workdir / folder).mkdir()
    (workdir / "plugins").write_text("[rabbitmq_management].\n", encoding="utf-8")
    (workdir / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{amqp}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {port}\n"
        f"default_user = lab\ndefault_pass = {PASSWORD}\n",
        encoding="utf-8",
    )
    settings = {
        "RABBITMQ_NODENAME": f"lab{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(workdir / "rabbitmq.conf"),
        "RABBITMQ_MNESIA_BASE": str(workdir / "mnesia"),
        "RABBITMQ_LOG_BASE": str(workdir / "logs"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(workdir / "plugins"),
        "RABBITMQ_PID_FILE": str(workdir / "pid"),
        "RABBITMQ_DIST_PORT": str(site.port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(site.port()),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    # The daemon of names, which Erlang would begin out of the lab's sight.
    await site.start(workdir, ["epmd", "-relaxed_command_check"], env=settings)
    process = await site.start(workdir, [PROGRAM], env=settings)
    owner, stranger = Web(port=port, login=f"lab:{PASSWORD}"), Web(port=port)
    await site.until(process, workdir, lambda: owner.ask("GET", "/api/overview").status == 200)
    version = (await asyncio.to_thread(owner.ask, "GET", "/api/overview")).json()["rabbitmq_version"]
    if (status := (await asyncio.to_thread(stranger.ask, "GET", "/api/overview")).status) != 401:
        raise NotAsNamed(f"{name} answered a stranger with {status}")
    return [
        Server(
            name=name,
            datastore="rabbitmq",
            form="protected",
            version=version,
            transport="http",
            port=port,
            pid=process.pid,
        )
    ]

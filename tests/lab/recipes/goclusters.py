"""What a cluster of services asks: Consul, built of Go, each server in a network of its own."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from lab.clients.web import Web
from lab.model import Server, records_of
from lab.recipes.asked import Question, place, put_in, served
from lab.recipes.databases import built_of_go
from lab.site import Site
from leakguard.frozen import replace

CONSUL = 8500
"""The port inside."""
OWNER = str(uuid.UUID(int=7))
"""The token of the administrator, where the product lets one be chosen."""


async def consul(site: Site) -> list[Server]:
    """Without access control, with keys and without one; and with a policy that denies."""
    program = await built_of_go(site, "consul")
    return [await _consul(site, program, f"consul-{state}") for state in ("open", "no-keys-open", "protected")]


async def _consul(site: Site, program: Path, name: str) -> Server:
    where = place(site, name)
    lock = {"enabled": True, "default_policy": "deny", "tokens": {"initial_management": OWNER, "agent": OWNER}}
    config = {} if where.is_open else {"acl": lock}
    (where.workdir / "consul.json").write_text(json.dumps(config), encoding="utf-8")
    run: list[str | Path] = [program, "agent", "-dev", "-node=lab", f"-config-file={where.workdir}/consul.json"]
    process = await site.start(where.workdir, run, inner={where.port: CONSUL})
    web, key = Web(port=where.port), {} if where.is_open else {"X-Consul-Token": OWNER}
    # Its own service is in the catalogue once it has a leader.
    services = "/v1/catalog/services"
    await site.until(process, where.workdir, lambda: "consul" in web.ask("GET", services, headers=key).json())
    people = [] if "no-keys" in name else records_of(name)
    for one in people:
        await put_in(web, "PUT", f"/v1/kv/{one['email']}", json.dumps(one).encode(), key)
    # A Consul that denies refuses a single key, and answers lists as if there were nothing.
    path, shows = (f"/v1/kv/{people[0]['email']}", "Value") if people else (services, "consul")
    question = Question(path=path, shows=shows, refused=403)
    server = await served(site, where, question, process, datastore="consul", pin="consul")
    return replace(server, collections=len(people) if people and where.is_open else None)

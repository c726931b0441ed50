"""Devices that steer machines, from PyPI: Modbus by pymodbus, OPC UA by asyncua; each is server and client."""

from __future__ import annotations

from lab.clients.lines import accepts
from lab.fetch import PINS
from lab.model import CANARY, NotAsNamed, Server
from lab.recipes.asked import place
from lab.site import Site
from lab.trees import PYTHON, packages

_SERVE = """
import sys
from pymodbus import ModbusDeviceIdentification
from pymodbus.datastore import ModbusDeviceContext, ModbusServerContext
from pymodbus.server import StartTcpServer

port, vendor = int(sys.argv[1]), sys.argv[2]
names = {"VendorName": vendor, "ProductCode": "LAB", "MajorMinorRevision": "1.4.2"} if vendor else {}
identity = ModbusDeviceIdentification(info_name=names) if names else None
context = ModbusServerContext(devices=ModbusDeviceContext(), single=True)
StartTcpServer(context=context, identity=identity, address=("127.0.0.1", port))
"""
_ASK = """
import sys
from pymodbus.client import ModbusTcpClient

client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
client.connect()
said = client.read_holding_registers(0, count=1)
print("registers", [] if said.isError() else said.registers, client.read_device_information().information)
client.close()
"""


_SERVE_NODES = """
import asyncio, sys
from asyncua import Server, ua

async def main(port, way, value):
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/")
    server.set_server_name(value)
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    server.set_identity_tokens([getattr(ua, way)])
    space = await server.register_namespace("urn:lab")
    boiler = await server.nodes.objects.add_object(space, "Boiler")
    await boiler.add_variable(space, "Pressure", value)
    async with server:
        await asyncio.Event().wait()

asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
"""
_READ_NODE = """
import asyncio, sys
from asyncua import Client

async def main(port):
    async with Client(f"opc.tcp://127.0.0.1:{port}/") as client:
        node = await client.nodes.objects.get_child(["2:Boiler", "2:Pressure"])
        print(await node.read_value())

asyncio.run(main(int(sys.argv[1])))
"""


async def asyncua_open(site: Site) -> list[Server]:
    """Whoever calls without a name may read the device."""
    return [await _asyncua(site, "asyncua-open", "AnonymousIdentityToken")]


async def asyncua_protected(site: Site) -> list[Server]:
    """A name and a password."""
    return [await _asyncua(site, "asyncua-protected", "UserNameIdentityToken")]


async def _asyncua(site: Site, name: str, way: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "asyncua", where.workdir)
    env = {"PYTHONPATH": str(tree)}
    process = await site.start(where.workdir, [PYTHON, "-c", _SERVE_NODES, str(where.port), way, CANARY], env=env)
    await site.until(process, where.workdir, lambda: accepts(where.port))
    said = (await site.ask(where.workdir, [PYTHON, "-c", _READ_NODE, str(where.port)], env=env)).text
    if (CANARY in said) is not where.is_open:
        raise NotAsNamed(f"{name} told a stranger {said[-300:]}")
    version, form = str(PINS["asyncua"]["version"]), "open" if where.is_open else "protected"
    return Server(name=name, datastore="opcua", form=form, version=version, port=where.port, pid=process.pid)


async def pymodbus_open(site: Site) -> list[Server]:
    """A device that says who made it."""
    return [await _pymodbus(site, "pymodbus-open", f"Invented {CANARY}")]


async def pymodbus_nameless_open(site: Site) -> list[Server]:
    """A device that does not."""
    return [await _pymodbus(site, "pymodbus-nameless-open", "")]


async def _pymodbus(site: Site, name: str, vendor: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "pymodbus", where.workdir)
    env = {"PYTHONPATH": str(tree)}
    process = await site.start(where.workdir, [PYTHON, "-c", _SERVE, str(where.port), vendor], env=env)
    await site.until(process, where.workdir, lambda: accepts(where.port))
    said = (await site.ask(where.workdir, [PYTHON, "-c", _ASK, str(where.port)], env=env)).text
    if "registers [0]" not in said or (CANARY in said) is not bool(vendor):
        raise NotAsNamed(f"{name} told a stranger {said[-300:]}")
    version = str(PINS["pymodbus"]["version"])
    return Server(name=name, datastore="modbus", form="open", version=version, port=where.port, pid=process.pid)

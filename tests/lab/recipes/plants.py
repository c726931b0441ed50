"""Devices that steer machines: Modbus by pymodbus from PyPI, server and client."""

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


async def pymodbus_open(site: Site) -> list[Server]:
    """A device that says who made it."""
    return [await _pymodbus(site, "pymodbus-open", f"Invented {CANARY}")]


async def pymodbus_nameless_open(site: Site) -> list[Server]:
    """A device that does not."""
    return [await _pymodbus(site, "pymodbus-nameless-open", "")]


async def _pymodbus(site: Site, name: str, vendor: str) -> Server:
    where = place(site, name)
    tree = await packages(site.shelf, "pymodbus", where.room)
    env = {"PYTHONPATH": str(tree)}
    process = await site.start(where.room, [PYTHON, "-c", _SERVE, str(where.port), vendor], env=env)
    await site.until(process, where.room, lambda: accepts(where.port))
    said = (await site.ask(where.room, [PYTHON, "-c", _ASK, str(where.port)], env=env)).text
    if "registers [0]" not in said or (CANARY in said) is not bool(vendor):
        raise NotAsNamed(f"{name} told a stranger {said[-300:]}")
    version = str(PINS["pymodbus"]["version"])
    return Server(name=name, datastore="modbus", form="open", version=version, port=where.port, pid=process.pid)

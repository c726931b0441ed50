"""Modbus/TCP: does a device tell a stranger who made it? No register and no coil is read or written."""

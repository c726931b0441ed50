"""Probes: ask one endpoint over its own protocol and say what came back.

May import `ports`, `models`, `errors`, and the network: no other package may; httptools, uvloop, defusedxml and
cryptography.
Never judges, never writes to a host, never sends a password (anonymous FTP gets its address of e-mail), never keeps a
record, an object's name or a file's name.
"""

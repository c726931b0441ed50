"""Formats: readers for bytes that nobody trusts; HTTP, BSON, RESP, PostgreSQL messages, XML, listings.

May import `models`, httptools and defusedxml.
Never opens a socket, and never raises anything but `Garbled` for what a host sent.
"""

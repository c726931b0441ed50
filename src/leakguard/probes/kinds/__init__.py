"""Kinds: one session class a protocol, each turning a check's request into read commands.

May import the wire and the formats.
Never touches a socket itself, and never lets a name or a value of the host's data into a document's proof.
"""

"""Playbooks: the shape of a response, its static checks, and the engine that says which steps come next.

May import `clocks`, `ports`, `models`, `files` and `errors`, pydantic and PyYAML.
Never runs a step, never keeps state of its own: where a response stands follows from the ledger's records alone.
"""

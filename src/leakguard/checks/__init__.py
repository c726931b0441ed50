"""Checks: their definitions as data, the rules that judge an observation, severity, size and proof.

May import `ports`, `models`, `files` and `errors`, pydantic, and JMESPath's pure parts.
Never opens a socket, reads a disk or a clock, and never names one product: products live in `checks/*.yaml`.
"""

"""Frozen values that every package uses: endpoints, scope, observations, findings, events, incidents.

May import `files`, `errors` and `frozen` alone, msgspec, pydantic, and Unicode's table of look-alikes in `homoglyph`.
Never decides, reads a clock or touches a disk.
"""

"""Frozen values that every room speaks in: endpoints, scope, observations, findings, events, incidents.

May import `files`, `errors` and `frozen` alone, and pydantic.
Never decides, reads a clock or touches a disk.
"""

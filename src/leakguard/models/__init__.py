"""Frozen values that every room speaks in: endpoints, scope, observations, findings, events, incidents.

May import `errors` and `frozen` alone.
Never decides, reads a clock or touches a disk.
"""

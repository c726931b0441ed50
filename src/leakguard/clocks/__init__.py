"""Clocks: promises in time as data, and one pure function that says how each of them stands.

May import `ports`, `models`, `files` and `errors`, pydantic, dateutil, and the calendars of `holidays`.
Never reads a clock, sets a timer, or opens anything.
"""

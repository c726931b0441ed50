"""Clocks: deadline rules as data, and one pure function that says how each clock stands.

May import `ports`, `models`, `files`, `errors` and `frozen`, pydantic, dateutil, and the calendars of `holidays`.
Never reads the system time (`now` is a parameter), sets a timer, or opens anything.
"""

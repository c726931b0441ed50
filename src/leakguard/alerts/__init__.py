"""Alerts: which thresholds have passed, what is said about them, whom it is said to and when again.

May import `clocks` and what lies below it, and pydantic.
Never waits, sends, stores or reads a clock: how everything stands comes in, what has to be done goes out.
"""

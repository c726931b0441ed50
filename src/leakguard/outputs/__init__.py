"""Findings in, text out: a table for a person, JSON for a script.

May import `clocks`, `models` and below, rich, icalendar and prometheus-client.
Never prints, and never lets a host's words through unescaped.
"""

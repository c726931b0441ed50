"""Findings in, text out: a table for a person, JSON for a script.

May import `clocks`, `models` and below, rich and icalendar.
Never prints, and never lets a host's words through unescaped.
"""

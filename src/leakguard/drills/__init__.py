"""Drills: the shape of a scenario, what happens next in it, and how a team did.

May import `playbooks`, `alerts`, `clocks`, `ports`, `models`, `files` and `errors`, and pydantic.
Never does what it plans, and never reads a clock: what was done follows from the records of the drill's own ledger.
"""

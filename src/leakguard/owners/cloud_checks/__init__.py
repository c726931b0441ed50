"""Judges what an account's own interface tells its owner: who outside may, by policies, networks and switches. Pure.

May import `checks`, `models`, `files`, `errors` and pydantic; what is judged, and how badly, stands in
`cloud_checks/*.yaml`.
Never asks a cloud, reads a clock, or lets the text of a policy out: only whom it lets in, and under which condition.
"""

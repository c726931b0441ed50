"""Apps: what an app's package declares and carries, against the personal information that its category needs.

May import `shipped`, `models`, `files`, `frozen` and `errors`, and pydantic.
Never runs what it reads, never connects to anything, and never takes for clean what it could not read.
"""

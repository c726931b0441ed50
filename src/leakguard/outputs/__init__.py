"""What a use case returns, rendered: lines and tables for a person, plain values for a script. One module a noun.

May import `use_cases` and below, rich, icalendar and prometheus-client. `terminal` lays out every line and table for
the width.
Never prints, never decides, and never lets a host's words through unescaped.
"""

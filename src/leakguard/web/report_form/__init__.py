"""The public form for reports: a listener of its own with one page, started only where somebody asks for it.

May import what `web` may. It shares no route, no session and no login with the console, sets no cookie and runs no
script; what it takes goes into the same inbox as `leakguard report import`.
"""

"""Makes the packages of LeakGuard: `PYTHONPATH=packaging python -m making PART...`, as the Makefile does.

May import `leakguard` and what the development group brings. Never publishes anything.
"""

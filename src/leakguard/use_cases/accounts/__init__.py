"""Accounts: added, logged in to, given roles and tokens, recovered and erased."""

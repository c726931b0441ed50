"""Asks the interfaces of clouds in which the organisation has accounts, with the owner's own credentials.

May import `ports`, `models` and `errors`, and the clouds' own libraries, which nothing else may.
Never changes anything, reads data or secrets, or judges: `operations` lists all that may be asked, and one door checks.
"""

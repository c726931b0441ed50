"""The store: the ledger and the findings in one SQL database, a SQLite file by default.

May import `ledger` and what lies below it, and only for a URL or an upgrade SQLAlchemy and alembic.
Never updates or deletes an entry, and never lets a library's own error out.
"""

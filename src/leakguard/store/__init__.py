"""The store: the ledger and the findings in one SQL database, a SQLite file by default.

May import `ledger` and what lies below it, and only for a URL or an upgrade SQLAlchemy and alembic.
Never deletes an entry, changes one only to erase its content, and never lets a library's own error out.
"""

"""The store: the ledger and the findings in one SQL database, a SQLite file by default.

May import `ledger` and what lies below it, SQLAlchemy and, only to change the schema, alembic.
Never deletes an entry, changes one only to erase its content, and never lets a library's own error out.
"""

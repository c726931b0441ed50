"""Changes of the schema, one file each, run by alembic when a store of another release is opened.

May import alembic and SQLAlchemy.
Never imports `tables`: a change describes the schema of its own day.
"""

"""Web roots: folders that are listed, the database dumps that lie in them, and files that nobody should see."""

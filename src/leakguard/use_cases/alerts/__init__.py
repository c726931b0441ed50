"""The watchman: deadlines watched, people told, and proof that it lives."""

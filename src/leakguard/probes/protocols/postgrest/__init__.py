"""PostgREST and Supabase: which tables show rows to a stranger, and how many; never a row, a value or a function."""

"""Firebase Realtime Database: which paths its rules let strangers read; never a key or a value."""

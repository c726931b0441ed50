"""Firebase Storage: which folders its rules let strangers list; never a file or its name."""

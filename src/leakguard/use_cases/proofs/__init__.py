"""Evidence and the ledger: kept, verified, handed over, erased."""

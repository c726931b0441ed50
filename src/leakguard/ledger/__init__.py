"""The ledger's rules: hash chain, heads, verification; findings, evidence, erasure, bundles, corrected system times.

May import `ports`, `models`, `errors` and `frozen`, msgspec, rfc8785, cryptography and rfc3161_client.
Never reads the system time or a disk, and never repairs what does not verify.
"""

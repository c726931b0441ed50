"""The ledger's rules: the canonical form of content, the hash chain over manifests, and its verification.

May import `ports`, `models`, `errors` and `frozen`, msgspec, rfc8785, cryptography and rfc3161_client.
Never reads the system time or a disk, and never repairs what does not verify.
"""

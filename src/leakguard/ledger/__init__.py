"""The ledger's rules: the canonical form of content, the hash chain over manifests, and its verification.

May import `ports`, `models` and `errors`, and `rfc8785`.
Never reads a clock or a disk, and never mends what does not verify.
"""

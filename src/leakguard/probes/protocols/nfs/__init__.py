"""NFS: which folders does a server offer to everybody?"""

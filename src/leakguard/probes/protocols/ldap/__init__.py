"""LDAP: does a directory tell a stranger that it has entries?"""

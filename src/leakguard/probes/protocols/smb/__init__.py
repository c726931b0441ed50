"""SMB: does a server tell a null session its shares, and does a share let one in?"""

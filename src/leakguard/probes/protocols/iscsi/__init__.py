"""iSCSI: which targets does a portal list to a stranger, and does one of them accept a login without a secret?"""

"""MySQL and MariaDB: do they let in anybody, and how much does their catalogue say there is?"""

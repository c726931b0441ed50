"""PostgreSQL: does it let anybody in (`trust`), and how much does its catalogue say there is?"""

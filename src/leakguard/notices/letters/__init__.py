"""Letters: which template, what it must tell, how it is filled, and what a person should look at. Pure.

May import what `notices` may.
Never leaves a gap in silence: what is not known is told as such, or there is no letter.
"""

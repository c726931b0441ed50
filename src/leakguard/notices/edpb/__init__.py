"""The EDPB's common template: facts as answers in its own field numbers and codes, checked by its own conditions. Pure.

May import the notices room and everything below it.
Never answers a field that nobody stated, and never lets "to be determined" into a notice that calls itself complete.
"""

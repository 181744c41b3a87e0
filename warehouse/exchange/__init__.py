"""Files in formats of other programs, made from a database.

Belongs here: one module a format. Does not belong here: what the files say, which the views do.
"""

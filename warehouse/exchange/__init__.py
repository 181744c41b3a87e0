"""Files in formats of other programs, made from a database.

Belongs here: one module for each format. Does not belong here: what the files hold, which is up to
the views.
"""

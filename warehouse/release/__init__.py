"""A release: how it is published in one atomic step, what it holds, and what changed in it.

Belongs here: the publisher and its audit, the catalogue of tables, and the comparison of releases.
Does not belong here: whether anything may be published (expectations).
"""

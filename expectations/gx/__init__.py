"""Great Expectations: the suites as data, its engines, and the process in which it validates.

Belongs here: everything that needs Great Expectations; no other package imports it. Does not belong
here: rules.
"""

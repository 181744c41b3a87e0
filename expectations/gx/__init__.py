"""Great Expectations: the suites as data, its engines, and the process in which it validates.

Nothing else imports Great Expectations. Belongs here: that. Does not belong here: rules.
"""

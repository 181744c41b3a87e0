"""Joint consistency: whether all that a source prints can be right at once, and if not, why not.

Belongs here: figures as linear statements, the exact solver, explanations, bounds, coverage. Does
not belong here: rules that look at one identity at a time.
"""

"""Printed text → its meaning: quantities as exact intervals, periods as dates, names as codes.

Belongs here: what one printed term means, whoever prints it. Does not belong here: records, and how
terms are found in running text (drafting).
"""

"""Record files → rows → figures, and what became of every row.

Belongs here: the formats of record files, what a record may say, how records refer to each other,
and the archived texts that they were read from. Does not belong here: tables of a database.
"""

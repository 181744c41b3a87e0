"""DuckDB: opening it, filling its tables, and the SQL that derives one table from others.

Belongs here: the schemas raw, core and main (the published views), and how they are built. Does not
belong here: rules (expectations), and files that leave the database (exchange).
"""

"""Whether customs detail can be right: rules in SQL that run on DuckDB and on Spark alike.

Belongs here: the rules (`rows/` on single rows, `accounts/` on sums and on other periods), and
their evaluation. Does not belong here: loading and aggregates (warehouse.detail), publication
(flows).
"""

"""The rules on figures: an SQL file each, a folder for each family; figure_rules.py runs them."""

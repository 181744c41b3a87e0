"""Drafting: a press text → a draft of records that a curator reviews.

    text ─ tokens.py (words.csv, periods.py, quantity.py), adjoining.py (beside.csv) → tokens
         ─ grammar.py, ratios.py, heads.py (measures.csv) → figures with evidence, what was skipped
         ─ fitting.py (currencies.csv), draft.py → Draft ─ writing.py → a record file

Deterministic, and nothing is guessed silently: every numeric expression becomes part of a figure,
or is listed as skipped with the reason; a figure that rests on a guess says which.
"""

"""Drafting: a press text → a draft of records that a curator reviews.

    text/ ─ sentences → figures with evidence, and the numbers that are no part of one, with reasons
          ─ draft.py → Draft ─ writing.py → a record file ─ review.py → accepted, edited, left out
    vocabulary/ ─ the words that sentences are read by, as tables

Deterministic, and nothing is guessed silently: every numeric expression becomes part of a figure,
or is listed as skipped with the reason; a figure that rests on a guess says which.
"""

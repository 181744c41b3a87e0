"""Running text → figures with evidence: words, then tokens, then what they say together.

    text ─ tokens.py (words.csv), period_words.py, adjoining.py (beside.csv) → tokens
         ─ grammar.py gives each token to its reader, which changes the state (state.py):
           reporters.py names, dating.py periods, values.py levels (measures.csv), ratios.py ratios
           (growth.py, shares.py), listed.py rows of numbers
         ─ heads.py, carrying.py the words before a number → figures.py, doubted by unread.py
         ─ fitting.py doubts what does not fit together

All that is remembered while a text is read is in `state.Reading` and its `Sentence`; everything
else is functions, which take the reading first. clauses.py answers questions about tokens alone.

Belongs here: reading sentences. Does not belong here: the draft's file, and words themselves, which
are tables (vocabulary).
"""

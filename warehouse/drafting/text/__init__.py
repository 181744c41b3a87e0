"""Running text → figures with evidence: words, then tokens, then what they say together.

Belongs here: reading sentences. Does not belong here: the draft's file, and words themselves, which
are tables (vocabulary).
"""

-- purpose: Where each figure stands in the text it was read from, and whether that text still says
--   so
-- grain: one row a figure
-- units: places in characters; counts of printed numbers
-- column figure_id: the figure
-- column source_id: its source
-- column text: name of the archived text, below texts/ of the home; NULL where the source names
--   none
-- column state: of the text: archived, changed (not the one that was read), not archived, none
--   named
-- column span_start: first character of the figure in it; NULL where the record says no span
-- column span_end: the character after the last
-- column printed: how many numbers the record prints
-- column held: how many of them stand in the span; NULL where there is no text or no span
-- column missing: those that do not

select figure_id, source_id, text, state, span_start, span_end, printed, held, missing
from raw.evidence
order by figure_id

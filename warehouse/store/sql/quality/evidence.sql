-- purpose: Which sources can be looked up: whether their text is archived, and how many figures
--   point into it
-- grain: one row a source and state of its text
-- units: counts of figures
-- column source_id: the source
-- column text: name of the archived text, below texts/ of the home; NULL where the source names
--   none
-- column state: archived, changed (not the one that was read), not archived, or none named
-- column figures: figures of the source
-- column with_span: those that say where in the text they stand
-- column held: those whose printed numbers all stand there

select
    source_id,
    text,
    state,
    count(*) as figures,
    count(span_start) as with_span,
    count(*) filter (held = printed) as held
from core.evidence
group by source_id, text, state
order by source_id

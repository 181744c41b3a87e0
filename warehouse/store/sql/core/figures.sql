-- purpose: Every accepted figure: its key, what it prints, and the interval each printed text
--   stands for
-- grain: one row a figure
-- units: values in the base unit of `unit` (CNY, USD, kg, piece, …), growth and shares as fractions
-- fields: of a figure, as fields.csv describes them; the others are
-- column revision: how often its record was added or changed; 1 is the first
-- column published_to: last day on which its source can have been published: its vintage

select
    figures.* exclude (record, digest),
    revisions.revision::integer as revision,
    sources.published_to
from raw.figures as figures
inner join core.sources as sources on figures.source_id = sources.source_id
inner join (
    select figure_id, max(revision) as revision from core.revisions group by figure_id
) as revisions on figures.figure_id = revisions.figure_id
order by figures.figure_id

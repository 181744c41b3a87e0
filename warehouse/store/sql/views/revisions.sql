-- purpose: What curators changed over time: every revision of every record
-- grain: one row a figure and revision
-- key: figure_id, revision
-- units: as printed
-- column figure_id: <source>/<id>
-- column revision: 1, 2, … in the order of the releases that brought them
-- column change: added, changed, withdrawn or restored
-- column value_printed: the value it then had, as printed
-- column growth_printed: the growth it then had, as printed
-- column share_printed: the share it then had, as printed
-- column published_from: first day on which its source can have been published, as the record then
--   said; NULL where withdrawn
-- column published_to: last such day
-- column release_id: the release that brought it

with dated as (
    select
        *,
        trim(content::json ->> 'published') as published,
        -- What an earlier version took for a date must not keep the next release from being built.
        try_cast((published || '-01-01')[:10] as date) as published_from
    from core.revisions
)

select
    figure_id,
    revision,
    change,
    content::json ->> 'value' as value_printed,
    content::json ->> 'growth' as growth_printed,
    content::json ->> 'share' as share_printed,
    published_from,
    case len(published)
        when 4 then make_date(year(published_from), 12, 31)
        when 7 then last_day(published_from)
        else published_from
    end as published_to,
    release_id
from dated
order by figure_id, revision

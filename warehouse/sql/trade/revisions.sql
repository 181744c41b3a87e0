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
-- column release_id: the release that brought it

select
    figure_id,
    revision,
    change,
    content::json ->> 'value' as value_printed,
    content::json ->> 'growth' as growth_printed,
    content::json ->> 'share' as share_printed,
    release_id
from core.revisions
order by figure_id, revision

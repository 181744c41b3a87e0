-- purpose: Trade by chapter of the Harmonized System: with the world as reported, or else the sum of partners that are no groups
-- grain: one row a dataset, period, area, flow, unit and chapter
-- units: value in `unit`, weight in kg
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column unit: unit of the value
-- column chapter: chapter of the Harmonized System; total where it was reported
-- column value: the sum of the detail
-- column steps: the sum of the last printed digits: the true value lies within half of it
-- column weight: its weight

select
    chapters.dataset,
    chapters.period,
    chapters.area,
    chapters.flow,
    chapters.unit,
    chapters.chapter,
    cast(coalesce(sum(case when chapters.partner = 'WLD' then chapters.value end), sum(chapters.value)) as decimal(38, 2)) as value,
    cast(coalesce(sum(case when chapters.partner = 'WLD' then chapters.steps end), sum(chapters.steps)) as decimal(38, 2)) as steps,
    cast(coalesce(sum(case when chapters.partner = 'WLD' then chapters.weight end), sum(chapters.weight)) as decimal(38, 3)) as weight
from detail_chapters as chapters
left join codes as groups
    on chapters.partner = groups.code and groups.list = 'partners' and groups.kind = 'group'
where groups.code is null
group by chapters.dataset, chapters.period, chapters.area, chapters.flow, chapters.unit, chapters.chapter
order by dataset, period, area, flow, unit, chapter

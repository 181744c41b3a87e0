-- purpose: Trade by regime and chapter of the Harmonized System: with the world as reported, or
--   else the sum of partners that are no groups
-- grain: one row a dataset, period, area, flow, regime, unit and chapter
-- units: value in `unit`, weight in kg
-- key: dataset, period, area, flow, regime, unit, chapter
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column regime: code of the regime; total where all of them were reported
-- column unit: unit of the value
-- column chapter: chapter of the Harmonized System; total where it was reported
-- column value: the sum of the detail
-- column steps: the sum of the last printed digits: the true value lies within half of it
-- column weight: the weight of the detail

select
    coarsest.dataset,
    coarsest.period,
    coarsest.area,
    coarsest.flow,
    coarsest.regime,
    coarsest.unit,
    coarsest.chapter,
    cast(
        coalesce(
            sum(case when coarsest.partner = 'WLD' then coarsest.value end), sum(coarsest.value)
        ) as decimal(38, 2)
    ) as value,
    cast(
        coalesce(
            sum(case when coarsest.partner = 'WLD' then coarsest.steps end), sum(coarsest.steps)
        ) as decimal(38, 2)
    ) as steps,
    cast(
        coalesce(
            sum(case when coarsest.partner = 'WLD' then coarsest.weight end), sum(coarsest.weight)
        ) as decimal(38, 3)
    ) as weight
from coarsest
left join codes as groups
    on coarsest.partner = groups.code and groups.list = 'partners' and groups.kind = 'group'
where groups.code is null
group by
    coarsest.dataset,
    coarsest.period,
    coarsest.area,
    coarsest.flow,
    coarsest.regime,
    coarsest.unit,
    coarsest.chapter
order by dataset, period, area, flow, regime, unit, chapter

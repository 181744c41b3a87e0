-- purpose: Trade by partner: the reported total of all products, or else the sum of the chapters
-- grain: one row a dataset, period, area, flow, partner and unit
-- units: value in `unit`, weight in kg
-- key: dataset, period, area, flow, partner, unit
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column partner: code of the partner; WLD where a world total was reported
-- column unit: unit of the value
-- column value: the sum of the detail
-- column steps: the sum of the last printed digits: the true value lies within half of it
-- column weight: the weight of the detail

select
    dataset,
    period,
    area,
    flow,
    partner,
    unit,
    cast(
        coalesce(sum(case when chapter = 'total' then value end), sum(value)) as decimal(38, 2)
    ) as value,
    cast(
        coalesce(sum(case when chapter = 'total' then steps end), sum(steps)) as decimal(38, 2)
    ) as steps,
    cast(
        coalesce(sum(case when chapter = 'total' then weight end), sum(weight)) as decimal(38, 3)
    ) as weight
from detail_chapters
group by dataset, period, area, flow, partner, unit
order by dataset, period, area, flow, partner, unit

-- purpose: Trade by partner and chapter of the Harmonized System, nothing counted twice: of levels
--   of product codes the coarsest, of regimes their total where it is there
-- grain: one row a dataset, period, area, flow, partner, unit and chapter
-- units: value in `unit`, weight in kg
-- key: dataset, period, area, flow, partner, unit, chapter
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column partner: code of the partner; WLD where a world total was reported
-- column unit: unit of the value
-- column chapter: chapter of the Harmonized System; total where it was reported
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
    chapter,
    cast(
        coalesce(sum(case when regime = 'total' then value end), sum(value)) as decimal(38, 2)
    ) as value,
    cast(
        coalesce(sum(case when regime = 'total' then steps end), sum(steps)) as decimal(38, 2)
    ) as steps,
    cast(
        coalesce(sum(case when regime = 'total' then weight end), sum(weight)) as decimal(38, 3)
    ) as weight
from coarsest
group by dataset, period, area, flow, partner, unit, chapter
order by dataset, period, area, flow, partner, unit, chapter

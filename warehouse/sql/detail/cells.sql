-- purpose: What all else is summed from: detail by chapter, each level of product codes by itself
-- grain: one row a dataset, period, area, flow, partner, regime, unit, chapter and level
-- units: value in `unit`, weight in kg
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column partner: code of the partner
-- column regime: code of the customs regime
-- column unit: unit of the value
-- column chapter: the first two digits of the product codes, or total
-- column level: how many digits the product codes have; 0 for total
-- column value: their sum
-- column steps: the sum of the last printed digits: true values lie within half of it
-- column weight: their weight
-- column rows: how many rows of detail

select
    dataset,
    period,
    area,
    flow,
    partner,
    regime,
    unit,
    case when product = 'total' then product else left(product, 2) end as chapter,
    case when product = 'total' then 0 else length(product) end as level,
    cast(sum(value) as decimal(38, 2)) as value,
    cast(sum(value_step) as decimal(38, 2)) as steps,
    cast(sum(weight) as decimal(38, 3)) as weight,
    count(*) as rows
from detail
group by
    dataset,
    period,
    area,
    flow,
    partner,
    regime,
    unit,
    case when product = 'total' then product else left(product, 2) end,
    case when product = 'total' then 0 else length(product) end

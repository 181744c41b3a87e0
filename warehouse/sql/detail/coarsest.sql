-- purpose: Of the levels of product codes of each chapter the coarsest that has a number, so that nothing is counted twice
-- grain: one row an area, flow, partner, regime, unit and chapter
-- units: value in `unit`, weight in kg

select
    min(dataset) as dataset,
    min(period) as period,
    area,
    flow,
    partner,
    regime,
    unit,
    chapter,
    count(*) as levels,
    min_by(value, case when value is not null then level end) as value,
    min_by(steps, case when value is not null then level end) as steps,
    min_by(weight, case when weight is not null then level end) as weight
from cells
group by area, flow, partner, regime, unit, chapter

-- purpose: Of the levels of product codes of each chapter the coarsest that is there, so that nothing is counted twice
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
    min_by(value, level) as value,
    min_by(steps, level) as steps,
    min_by(weight, level) as weight
from cells
group by area, flow, partner, regime, unit, chapter

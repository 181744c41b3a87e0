-- purpose: Chapters that are reported at several levels: of codes that lie within each other the
--   coarsest that has a number
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
    sum(case when not is_valued_above then value end) as value,
    sum(case when not is_valued_above then steps end) as steps,
    sum(case when not is_weighed_above then weight end) as weight,
    sum(case when not is_valued_above then rows end) as rows,
    sum(case when not is_valued_above then quoted end) as quoted
from nested
group by area, flow, partner, regime, unit, chapter

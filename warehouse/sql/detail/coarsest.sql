-- purpose: Detail of one period by chapter: of codes that lie within each other the coarsest that has a number, so that nothing is counted twice and nothing left out
-- grain: one row an area, flow, partner, regime, unit and chapter
-- units: value in `unit`, weight in kg

select
    dataset,
    period,
    area,
    flow,
    partner,
    regime,
    unit,
    chapter,
    value,
    steps,
    weight,
    rows,
    quoted
from cells
where not exists (
    select 1
    from several
    where
        several.area is not distinct from cells.area and several.flow is not distinct from cells.flow
        and several.partner is not distinct from cells.partner and several.regime is not distinct from cells.regime
        and several.unit is not distinct from cells.unit and several.chapter is not distinct from cells.chapter
)
union all
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

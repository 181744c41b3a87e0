-- purpose: Detail of one period by chapter: of codes that lie within each other the coarsest that
--   has a number, so that nothing is counted twice and nothing left out
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
        several.area is not distinct from cells.area
        and several.flow is not distinct from cells.flow
        and several.partner is not distinct from cells.partner
        and several.regime is not distinct from cells.regime
        and several.unit is not distinct from cells.unit
        and several.chapter is not distinct from cells.chapter
)
union all
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
from settled

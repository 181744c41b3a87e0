-- purpose: Codes of chapters that are reported at several levels, with the coarser codes they lie
--   in
-- grain: one row an area, flow, partner, regime, unit and product
-- units: value in `unit`, weight in kg

with codes_reported as (
    select
        min(detail.dataset) as dataset,
        min(detail.period) as period,
        detail.area,
        detail.flow,
        detail.partner,
        detail.regime,
        detail.unit,
        several.chapter,
        detail.product,
        sum(detail.value) as value,
        sum(detail.value_step) as steps,
        sum(detail.weight) as weight,
        count(*) as rows,
        count(detail.value) as quoted
    from detail
    inner join several
        on
            detail.area = several.area
            and detail.flow = several.flow
            and detail.partner = several.partner
            and detail.regime = several.regime
            and detail.unit = several.unit
            and substring(detail.product, 1, 2) = several.chapter
    where detail.product <> 'total'
    group by
        detail.area,
        detail.flow,
        detail.partner,
        detail.regime,
        detail.unit,
        several.chapter,
        detail.product
),

levels as (
    select 2 as digits
    union all select 4 as digits
    union all select 6 as digits
    union all select 8 as digits
),

-- A code lies in every coarser code that is there: the nearest, and the nearest with a number.
within as (
    select
        finer.area, finer.flow, finer.partner, finer.regime, finer.unit, finer.product,
        max(levels.digits) as parent,
        max(case when coarser.value is not null then levels.digits end) as valued,
        max(case when coarser.weight is not null then levels.digits end) as weighed
    from codes_reported as finer
    inner join levels on levels.digits < length(finer.product)
    inner join codes_reported as coarser
        on
            finer.area = coarser.area
            and finer.flow = coarser.flow
            and finer.partner = coarser.partner
            and finer.regime = coarser.regime
            and finer.unit = coarser.unit
            and left(finer.product, levels.digits) = coarser.product
    group by finer.area, finer.flow, finer.partner, finer.regime, finer.unit, finer.product
)

select
    codes_reported.dataset,
    codes_reported.period,
    codes_reported.area,
    codes_reported.flow,
    codes_reported.partner,
    codes_reported.regime,
    codes_reported.unit,
    codes_reported.chapter,
    codes_reported.product,
    codes_reported.value,
    codes_reported.steps,
    codes_reported.weight,
    codes_reported.rows,
    codes_reported.quoted,
    left(codes_reported.product, within.parent) as parent,
    within.valued is not null as is_valued_above,
    within.weighed is not null as is_weighed_above
from codes_reported
left join within
    on
        codes_reported.area = within.area
        and codes_reported.flow = within.flow
        and codes_reported.partner = within.partner
        and codes_reported.regime = within.regime
        and codes_reported.unit = within.unit
        and codes_reported.product = within.product

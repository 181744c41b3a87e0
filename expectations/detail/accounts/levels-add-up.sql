-- id: levels-add-up
-- severity: excess
-- scope: period
-- statement: Finer codes of the Harmonized System sum to the code they lie in, and the chapters to
--   the total of all products, where both are there; to more they cannot, to less only where some
--   are missing.
-- formula: …ΣHS6 = ΣHS4 = HS2, ΣHS2 = total, within half of all last printed digits; an error where
--   more
-- source: Harmonized System; IMTS 2010, ch. III

-- A code is compared with the next finer codes that are there, at whatever level each of them is.
-- Where a number is missing among these, the sum of the others is only a lower bound.
with finer as (
    select
        area, flow, partner, regime, unit, parent,
        sum(value) as value, sum(steps) as steps, sum(rows) as rows, sum(quoted) as quoted
    from nested
    where parent is not null
    group by area, flow, partner, regime, unit, parent
),

totals as (
    select
        min(dataset) as dataset, min(period) as period, area, flow, partner, regime, unit,
        sum(case when chapter = 'total' then value end) as value,
        sum(case when chapter = 'total' then steps end) as steps,
        sum(case when chapter <> 'total' then value end) as finer,
        sum(case when chapter <> 'total' then steps end) as finer_steps,
        sum(case when chapter <> 'total' then rows - quoted end) as missing
    from coarsest
    group by area, flow, partner, regime, unit
    having
        count(case when chapter = 'total' then 1 end) > 0
        and count(case when chapter <> 'total' then 1 end) > 0
),

compared as (
    select
        nested.dataset,
        nested.period,
        nested.area,
        nested.flow,
        nested.partner,
        nested.regime,
        nested.unit,
        nested.product,
        nested.value,
        nested.steps,
        finer.value as finer,
        finer.steps as finer_steps,
        finer.rows - finer.quoted as missing
    from nested
    inner join finer
        on
            nested.area = finer.area
            and nested.flow = finer.flow
            and nested.partner = finer.partner
            and nested.regime = finer.regime
            and nested.unit = finer.unit
            and nested.product = finer.parent
    union all
    select
        dataset,
        period,
        area,
        flow,
        partner,
        regime,
        unit,
        'total' as product,
        value,
        steps,
        finer,
        finer_steps,
        missing
    from totals
)

select
    dataset,
    period,
    area,
    flow,
    partner,
    product,
    regime,
    unit,
    finer - finer_steps * 0.5 as left_lower,
    case when missing = 0 then finer + finer_steps * 0.5 end as left_upper,
    '=' as relation,
    value - steps * 0.5 as right_lower,
    value + steps * 0.5 as right_upper
from compared

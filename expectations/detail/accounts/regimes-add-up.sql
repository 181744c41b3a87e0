-- id: regimes-add-up
-- severity: excess
-- scope: period
-- statement: The total of all regimes is the sum of the regimes, where both are there.
-- formula: total = Σ regimes, within half of all last printed digits
-- source: IMTS 2010, ch. II

with totals as (
    select
        dataset,
        period,
        area,
        flow,
        partner,
        product,
        unit,
        sum(value) as value,
        sum(value_step) as steps
    from detail
    where regime = 'total'
    group by dataset, period, area, flow, partner, product, unit
),

regimes as (
    select
        detail.area, detail.flow, detail.partner, detail.product, detail.unit,
        sum(detail.value) as value, sum(detail.value_step) as steps,
        count(*) - count(detail.value) as missing
    from detail
    inner join totals
        on
            detail.area = totals.area
            and detail.flow = totals.flow
            and detail.partner = totals.partner
            and detail.product = totals.product
            and detail.unit = totals.unit
    where detail.regime <> 'total'
    group by detail.area, detail.flow, detail.partner, detail.product, detail.unit
)

select
    totals.dataset,
    totals.period,
    totals.area,
    totals.flow,
    totals.partner,
    totals.product,
    'total' as regime,
    totals.unit,
    regimes.value - regimes.steps * 0.5 as left_lower,
    case when regimes.missing = 0 then regimes.value + regimes.steps * 0.5 end as left_upper,
    '=' as relation,
    totals.value - totals.steps * 0.5 as right_lower,
    totals.value + totals.steps * 0.5 as right_upper
from totals
inner join regimes
    on
        totals.area = regimes.area
        and totals.flow = regimes.flow
        and totals.partner = regimes.partner
        and totals.product = regimes.product
        and totals.unit = regimes.unit

-- id: growth-agrees-with-year-before
-- severity: revision
-- scope: all
-- statement: A reported growth year on year agrees with the values of both years.
-- formula: value = value a year before × (1 + growth), within what all three round
-- source: IMTS 2010, ch. IX: the year before is revised

with reported as (
    select
        detail.dataset, detail.period, detail.area, detail.flow, detail.partner, detail.product, detail.regime, detail.unit,
        detail.value, detail.value_step, detail.growth, detail.growth_step, periods.year_before
    from detail
    inner join periods on detail.dataset = periods.dataset and detail.period = periods.period
    where detail.growth is not null
)

select
    reported.dataset,
    reported.period,
    reported.area,
    reported.flow,
    reported.partner,
    reported.product,
    reported.regime,
    reported.unit,
    cast((before.value - before.value_step * 0.5) * (1 + reported.growth - reported.growth_step * 0.5) as decimal(38, 6)) as left_lower,
    cast((before.value + before.value_step * 0.5) * (1 + reported.growth + reported.growth_step * 0.5) as decimal(38, 6)) as left_upper,
    '=' as relation,
    reported.value - reported.value_step * 0.5 as right_lower,
    reported.value + reported.value_step * 0.5 as right_upper
from reported
left join detail as before
    on reported.dataset = before.dataset and reported.year_before = before.period and reported.area = before.area
    and reported.flow = before.flow and reported.partner = before.partner and reported.product = before.product
    and reported.regime = before.regime and reported.unit = before.unit

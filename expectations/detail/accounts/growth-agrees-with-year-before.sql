-- id: growth-agrees-with-year-before
-- severity: revision
-- scope: all
-- statement: A reported growth year on year agrees with the values of both years.
-- formula: value = value a year before × (1 + growth), within what all three round
-- source: IMTS 2010, ch. IX: the year before is revised

with reported as (
    select
        detail.dataset,
        detail.period,
        detail.area,
        detail.flow,
        detail.partner,
        detail.product,
        detail.regime,
        detail.unit,
        detail.value, detail.value_step, detail.growth, detail.growth_step, periods.year_before
    from detail
    inner join periods on detail.dataset = periods.dataset and detail.period = periods.period
    where detail.growth is not null
),

-- The least and the greatest value, and factor, of what is rounded: each may be below zero.
ends as (
    select
        reported.*,
        before.value - before.value_step * 0.5 as base_lower,
        before.value + before.value_step * 0.5 as base_upper,
        1 + reported.growth - reported.growth_step * 0.5 as factor_lower,
        1 + reported.growth + reported.growth_step * 0.5 as factor_upper
    from reported
    left join detail as before
        on
            reported.dataset = before.dataset
            and reported.year_before = before.period
            and reported.area = before.area
            and reported.flow = before.flow
            and reported.partner = before.partner
            and reported.product = before.product
            and reported.regime = before.regime
            and reported.unit = before.unit
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
    cast(least(
        base_lower * factor_lower,
        base_lower * factor_upper,
        base_upper * factor_lower,
        base_upper * factor_upper
    ) as decimal(38, 6)) as left_lower,
    cast(greatest(
        base_lower * factor_lower,
        base_lower * factor_upper,
        base_upper * factor_lower,
        base_upper * factor_upper
    ) as decimal(38, 6)) as left_upper,
    '=' as relation,
    value - value_step * 0.5 as right_lower,
    value + value_step * 0.5 as right_upper
from ends

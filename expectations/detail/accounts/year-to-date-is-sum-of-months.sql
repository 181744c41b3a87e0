-- id: year-to-date-is-sum-of-months
-- severity: revision
-- scope: all
-- statement: A reported year to date is the sum of the months.
-- formula: year to date = Σ months, within half of all last printed digits
-- source: IMTS 2010, ch. IX: months are revised within the year

-- A key that a month does not hold was nothing then; a month that was not loaded is unknown.
with reported as (
    select
        detail.dataset, detail.period, detail.area, detail.flow, detail.partner, detail.product, detail.regime, detail.unit,
        detail.value_to_date, detail.value_step, periods.year, periods.month, periods.months_loaded
    from detail
    inner join periods on detail.dataset = periods.dataset and detail.period = periods.period
    where detail.value_to_date is not null and periods.months = 1
),

summed as (
    select
        reported.dataset, reported.period, reported.area, reported.flow, reported.partner, reported.product, reported.regime,
        reported.unit, sum(detail.value) as value, sum(detail.value_step) as steps, count(*) as rows,
        count(detail.value) as quoted
    from reported
    inner join periods on reported.dataset = periods.dataset and reported.year = periods.year
        and periods.month <= reported.month and periods.months = 1
    inner join detail on periods.dataset = detail.dataset and periods.period = detail.period
        and reported.area = detail.area and reported.flow = detail.flow and reported.partner = detail.partner
        and reported.product = detail.product and reported.regime = detail.regime and reported.unit = detail.unit
    group by
        reported.dataset, reported.period, reported.area, reported.flow, reported.partner, reported.product, reported.regime,
        reported.unit
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
    case when reported.months_loaded = reported.month and summed.rows = summed.quoted
        then summed.value - summed.steps * 0.5 end as left_lower,
    case when reported.months_loaded = reported.month and summed.rows = summed.quoted
        then summed.value + summed.steps * 0.5 end as left_upper,
    '=' as relation,
    reported.value_to_date - reported.value_step * 0.5 as right_lower,
    reported.value_to_date + reported.value_step * 0.5 as right_upper
from reported
inner join summed
    on reported.dataset = summed.dataset and reported.period = summed.period and reported.area = summed.area
    and reported.flow = summed.flow and reported.partner = summed.partner and reported.product = summed.product
    and reported.regime = summed.regime and reported.unit = summed.unit

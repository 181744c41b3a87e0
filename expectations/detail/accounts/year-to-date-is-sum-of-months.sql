-- id: year-to-date-is-sum-of-months
-- severity: revision
-- scope: all
-- statement: A reported year to date is the sum of the months.
-- formula: year to date = Σ months, within half of all last printed digits
-- source: IMTS 2010, ch. IX: months are revised within the year

-- A key that a month does not hold was nothing then; a month that was not loaded of an area and
-- flow is unknown.
with months_held as (
    select
        dataset,
        period,
        area,
        flow,
        unit,
        count(*) over (
            partition by dataset, area, flow, unit, year
            order by month
            range between unbounded preceding and current row
        ) as months_loaded
    from held_periods
    where months = 1
),

years as (
    select distinct detail.dataset, periods.year
    from detail
    inner join periods on detail.dataset = periods.dataset and detail.period = periods.period
    where detail.value_to_date is not null and periods.months = 1
),

-- One pass over the years that report any: joins of months with months do not fit into memory.
running as (
    select
        detail.dataset,
        detail.period,
        detail.area,
        detail.flow,
        detail.partner,
        detail.product,
        detail.regime,
        detail.unit,
        detail.value_to_date,
        detail.value_step,
        periods.month,
        sum(detail.value) over to_date as value,
        sum(detail.value_step) over to_date as steps,
        count(*) over to_date as rows,
        count(detail.value) over to_date as quoted
    from detail
    inner join periods on detail.dataset = periods.dataset and detail.period = periods.period
    inner join years on periods.dataset = years.dataset and periods.year = years.year
    where
        periods.months = 1
        and detail.area is not null
        and detail.flow is not null
        and detail.partner is not null
        and detail.product is not null
        and detail.regime is not null
        and detail.unit is not null
    window to_date as (
        partition by
            detail.dataset,
            periods.year,
            detail.area,
            detail.flow,
            detail.partner,
            detail.product,
            detail.regime,
            detail.unit
        order by periods.month
        range between unbounded preceding and current row
    )
),

compared as (
    select
        running.*,
        months_held.months_loaded = running.month and running.rows = running.quoted as is_whole
    from running
    left join months_held
        on
            running.dataset = months_held.dataset
            and running.period = months_held.period
            and running.area = months_held.area
            and running.flow = months_held.flow
            and running.unit = months_held.unit
    where running.value_to_date is not null
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
    case when is_whole then value - steps * 0.5 end as left_lower,
    case when is_whole then value + steps * 0.5 end as left_upper,
    '=' as relation,
    value_to_date - value_step * 0.5 as right_lower,
    value_to_date + value_step * 0.5 as right_upper
from compared

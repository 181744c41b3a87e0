-- id: printed-figure-is-sum-of-detail
-- severity: revision
-- scope: figures
-- statement: The detail of a printed figure's series and period sums to a value that is printed so.
-- formula: Σ detail = figure, within half of all last printed digits
-- source: IMTS 2010, ch. IX: detail and headline are revised at different times

-- What may be summed, for all products or one chapter, of all partners or one.
with sums as (
    select dataset, period, area, flow, 'WLD' as partner, 'total' as product, unit, value, steps from detail_areas
    union all
    select dataset, period, area, flow, partner, 'total' as product, unit, value, steps
    from detail_partners where partner <> 'WLD'
    union all
    select dataset, period, area, flow, 'WLD' as partner, chapter as product, unit, value, steps
    from detail_products where chapter <> 'total'
    union all
    select dataset, period, area, flow, partner, chapter as product, unit, value, steps
    from detail_chapters where partner <> 'WLD' and chapter <> 'total'
),

legs as (
    select 'exports' as flow, 'exports' as leg, 1 as sign, 1 as needed
    union all select 'imports' as flow, 'imports' as leg, 1 as sign, 1 as needed
    union all select 'trade' as flow, 'exports' as leg, 1 as sign, 2 as needed
    union all select 'trade' as flow, 'imports' as leg, 1 as sign, 2 as needed
    union all select 'balance' as flow, 'exports' as leg, 1 as sign, 2 as needed
    union all select 'balance' as flow, 'imports' as leg, -1 as sign, 2 as needed
),

-- Periods of one length that fill the figure's; a figure of which only some are loaded is not checkable.
covered as (
    select
        figures.figure_id, sums.dataset, periods.months, legs.needed,
        count(*) as found,
        sum(legs.sign * sums.value) as value,
        sum(sums.steps) as steps
    from figures
    inner join legs on figures.flow = legs.flow
    inner join sums
        on figures.area = sums.area and legs.leg = sums.flow and figures.partner = sums.partner
        and figures.product = sums.product and figures.unit = sums.unit
    inner join periods
        on sums.dataset = periods.dataset and sums.period = periods.period
        and figures.period_start <= periods.starts and periods.ends <= figures.period_end
    where figures.measure = 'value' and figures.regime = 'total' and figures.operator = 'total'
    group by figures.figure_id, sums.dataset, periods.months, legs.needed
)

select
    covered.dataset,
    figures.period,
    figures.area,
    figures.flow,
    figures.partner,
    figures.product,
    figures.regime,
    figures.unit,
    figures.figure_id,
    case when covered.found * covered.months = covered.needed * figures.months then covered.value - covered.steps * 0.5 end as left_lower,
    case when covered.found * covered.months = covered.needed * figures.months then covered.value + covered.steps * 0.5 end as left_upper,
    '=' as relation,
    figures.value_lower as right_lower,
    figures.value_upper as right_upper
from covered
inner join figures on covered.figure_id = figures.figure_id

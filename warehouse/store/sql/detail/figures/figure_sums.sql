-- purpose: What the detail of a printed value sums to over all periods within its own, and in how
--   many of them that is all of the figure's series
-- grain: one row a figure, dataset, length of periods and number of legs
-- units: value in the unit of the figure; counts of periods and days
-- column figure_id: the figure
-- column dataset: what was loaded
-- column months: of how many whole months each period consists; 0 for those that do not
-- column needed: how many legs make the figure's flow up
-- column days: how many days the periods have, of all legs together
-- column overlapping: how many periods begin before the one before them ended
-- column value: the sum of the detail; NULL where there is none
-- column steps: the sum of the last printed digits
-- column periods: how many periods there are, of all legs together
-- column whole: in how many of them the sum is all of the series; of the others it is the least
--   that there was

-- A sum is all of the series where the totals that it consists of were reported, or where files
-- hold all that there is. These also say that there was nothing, of what they go deep enough for.
with products as (
    select area, product, count(*) as parts, min(depth) as depth
    from product_parts
    group by area, product
)

select
    within.figure_id,
    within.dataset,
    within.months,
    within.needed,
    sum(within.days) as days,
    count(case when within.starts <= within.ended_before then 1 end) as overlapping,
    sum(within.sign * series.value) as value,
    sum(series.steps) as steps,
    count(*) as periods,
    count(
        case
            when series.made is null then case when within.complete then depths.depth end
            when series.missing > 0 then null
            when within.complete then series.made
            when series.made = 'reported' and series.reported = products.parts then series.made
        end
    ) as whole
from figure_periods as within
left join products
    on within.area = products.area and within.product = products.product
left join series_sums as series
    on
        within.dataset = series.dataset
        and within.period = series.period
        and within.area = series.area
        and within.leg = series.flow
        and within.partner = series.partner
        and within.product = series.product
        and within.regime = series.regime
        and within.unit = series.unit
left join period_depths as depths
    on
        within.dataset = depths.dataset
        and within.period = depths.period
        and within.area = depths.area
        and within.leg = depths.flow
        and within.unit = depths.unit
        and within.kind = depths.kind
        and products.depth = depths.depth
group by within.figure_id, within.dataset, within.months, within.needed

-- id: printed-figure-is-sum-of-detail
-- severity: revision
-- scope: figures
-- statement: The detail of a printed figure's series and period sums to a value that is printed so, or to less where files may hold a selection.
-- formula: Σ detail = figure, within half of all last printed digits; Σ detail ≤ figure where neither totals were reported nor files are complete
-- source: IMTS 2010, ch. IX: detail and headline are revised at different times

-- What a figure's product is in the detail: the total, the chapters that it consists of, or itself
-- where it consists of headings; and how deep detail must go to hold any of it.
with products as (
    select distinct area, product, 'total' as part, 'total' as depth
    from figures
    where product = 'total'
    union all
    select
        figures.area, figures.product,
        case when length(composition.part) = 2 then composition.part else composition.code end as part,
        min(case when length(composition.part) = 2 then 'chapters' else left(composition.part, 2) end) as depth
    from (select distinct area, product from figures) as figures
    inner join composition on composition.list = 'products' and figures.product = composition.code
    group by
        figures.area, figures.product,
        case when length(composition.part) = 2 then composition.part else composition.code end
),

parted as (
    select area, product, count(*) as parts, min(depth) as depth
    from products
    group by area, product
),

-- And its partner and regime: themselves, or their members at the time.
partners as (
    select distinct area, partner, partner as part, 'reported' as made, cast(null as date) as since, cast(null as date) as until
    from figures
    union
    select figures.area, figures.partner, composition.part, 'members' as made, composition.since, composition.until
    from figures
    inner join composition on composition.list = 'partners' and figures.partner = composition.code
    where composition.part <> figures.area
),

regimes as (
    select distinct area, regime, regime as part, 'reported' as made from figures
    union
    select figures.area, figures.regime, composition.part, 'members' as made
    from figures
    inner join composition on composition.list = 'regimes' and figures.regime = composition.code
),

-- All regimes together by partner, and all partners together by regime.
by_partner as (
    select dataset, period, area, flow, 'WLD' as partner, 'total' as part, unit, value, steps from detail_areas
    union all
    select dataset, period, area, flow, partner, 'total' as part, unit, value, steps
    from detail_partners where partner <> 'WLD'
    union all
    select dataset, period, area, flow, 'WLD' as partner, chapter as part, unit, value, steps
    from detail_products where chapter <> 'total'
    union all
    select dataset, period, area, flow, partner, chapter as part, unit, value, steps
    from detail_chapters where partner <> 'WLD' and chapter <> 'total'
    union all
    select dataset, period, area, flow, partner, product as part, unit, value, steps from detail_commodities
),

by_regime as (
    select dataset, period, area, flow, regime, chapter as part, unit, value, steps
    from detail_regimes where regime <> 'total' and chapter <> 'total'
    union all
    select
        dataset, period, area, flow, regime, 'total' as part, unit,
        coalesce(sum(case when chapter = 'total' then value end), sum(value)) as value,
        coalesce(sum(case when chapter = 'total' then steps end), sum(steps)) as steps
    from detail_regimes where regime <> 'total'
    group by dataset, period, area, flow, regime, unit
),

named as (
    select
        by_partner.dataset, by_partner.period, by_partner.area, by_partner.flow, partners.partner, products.product,
        'total' as regime, by_partner.unit, partners.made, by_partner.value, by_partner.steps,
        by_partner.partner as of_partner, products.part as of_product, 'total' as of_regime
    from by_partner
    inner join products on by_partner.area = products.area and by_partner.part = products.part
    inner join partners on by_partner.area = partners.area and by_partner.partner = partners.part
    inner join periods on by_partner.dataset = periods.dataset and by_partner.period = periods.period
    where coalesce(partners.since <= periods.starts, true) and coalesce(periods.ends <= partners.until, true)
    union all
    select
        by_regime.dataset, by_regime.period, by_regime.area, by_regime.flow, 'WLD' as partner, products.product,
        regimes.regime, by_regime.unit, regimes.made, by_regime.value, by_regime.steps,
        'WLD' as of_partner, products.part as of_product, by_regime.regime as of_regime
    from by_regime
    inner join products on by_regime.area = products.area and by_regime.part = products.part
    inner join regimes on by_regime.area = regimes.area and by_regime.regime = regimes.part
    where regimes.regime <> 'total'
),

-- How many parts of the product were reported as such, and are not sums themselves.
sums as (
    select
        named.dataset, named.period, named.area, named.flow, named.partner, named.product, named.regime, named.unit, named.made,
        sum(named.value) as value, sum(named.steps) as steps,
        count(reported.kind) as reported, count(*) - count(named.value) as missing
    from named
    left join detail_reported as reported
        on named.dataset = reported.dataset and named.period = reported.period and named.area = reported.area
        and named.flow = reported.flow and named.unit = reported.unit and named.of_partner = reported.partner
        and named.of_product = reported.product and named.of_regime = reported.regime and reported.kind = 'itself'
    group by
        named.dataset, named.period, named.area, named.flow, named.partner, named.product, named.regime, named.unit, named.made
),

-- What was reported of a group goes before the sum of its members, in each period.
series as (
    select
        *,
        row_number() over (
            partition by dataset, period, area, flow, partner, product, regime, unit
            order by case when value is null then 1 else 0 end, made desc
        ) as place
    from sums
),

-- Whether a period speaks of partners, of regimes, of chapters, of codes within them: of what it
-- does, but not of the series, there was nothing.
depths as (
    select dataset, period, area, flow, unit, 'partners' as kind, 'total' as depth
    from detail_partners where partner <> 'WLD'
    union
    select dataset, period, area, flow, unit, 'partners' as kind, 'chapters' as depth
    from detail_chapters where partner <> 'WLD' and chapter <> 'total'
    union
    select dataset, period, area, flow, unit, 'all' as kind, 'chapters' as depth
    from detail_products where chapter <> 'total'
    union
    select dataset, period, area, flow, unit, 'regimes' as kind, 'total' as depth
    from detail_regimes where regime <> 'total'
    union
    select dataset, period, area, flow, unit, 'regimes' as kind, 'chapters' as depth
    from detail_regimes where regime <> 'total' and chapter <> 'total'
    union
    select dataset, period, area, flow, unit, 'all' as kind, product as depth
    from detail_reported where kind = 'finer'
    union
    select dataset, period, area, flow, unit, 'partners' as kind, product as depth
    from detail_reported where kind = 'finer' and partner <> 'WLD'
),

-- A figure's own flow, or the two that it is made of.
legs as (
    select distinct flow, flow as leg, 1 as sign, 1 as needed from figures
    union all select 'trade' as flow, 'exports' as leg, 1 as sign, 2 as needed
    union all select 'trade' as flow, 'imports' as leg, 1 as sign, 2 as needed
    union all select 'balance' as flow, 'exports' as leg, 1 as sign, 2 as needed
    union all select 'balance' as flow, 'imports' as leg, -1 as sign, 2 as needed
),

held as (
    select distinct dataset, period, area, flow, unit from detail_partners
),

-- Every figure with detail of its area within its period, by the length of the detail's periods: 0
-- for those that are not whole months.
concerned as (
    select distinct figures.figure_id, held.dataset, coalesce(periods.months, 0) as months
    from figures
    inner join held on figures.area = held.area
    inner join periods
        on held.dataset = periods.dataset and held.period = periods.period
        and figures.period_start <= periods.starts and periods.ends <= figures.period_end
),

-- The periods of each of its flows that are loaded, in its unit.
loaded as (
    select
        figures.figure_id, held.dataset, held.period, coalesce(periods.months, 0) as months,
        figures.area, legs.leg, figures.partner, figures.product, figures.regime, figures.unit,
        legs.sign, legs.needed, periods.days, periods.starts, periods.complete,
        case when figures.regime <> 'total' then 'regimes' when figures.partner <> 'WLD' then 'partners' else 'all' end as kind,
        lag(periods.ends) over (
            partition by figures.figure_id, held.dataset, coalesce(periods.months, 0), legs.needed, legs.leg
            order by periods.starts, periods.ends
        ) as ended_before
    from figures
    inner join legs on figures.flow = legs.flow
    inner join held on figures.area = held.area and figures.unit = held.unit and legs.leg = held.flow
    inner join periods
        on held.dataset = periods.dataset and held.period = periods.period
        and figures.period_start <= periods.starts and periods.ends <= figures.period_end
    where figures.measure = 'value' and figures.operator = 'total'
),

-- A sum is all of the series where the totals that it consists of were reported, or where files
-- hold all that there is; of other periods it is the least that there was.
summed as (
    select
        loaded.figure_id, loaded.dataset, loaded.months, loaded.needed,
        sum(loaded.days) as days,
        count(case when loaded.starts <= loaded.ended_before then 1 end) as overlapping,
        sum(loaded.sign * series.value) as value,
        sum(series.steps) as steps,
        count(
            case
                when series.made is null then case when loaded.complete then depths.depth end
                when series.missing > 0 then null
                when loaded.complete or (series.made = 'reported' and series.reported = parted.parts) then series.made
            end
        ) as whole,
        count(*) as periods
    from loaded
    left join parted on loaded.area = parted.area and loaded.product = parted.product
    left join series
        on loaded.dataset = series.dataset and loaded.period = series.period and loaded.area = series.area
        and loaded.leg = series.flow and loaded.partner = series.partner and loaded.product = series.product
        and loaded.regime = series.regime and loaded.unit = series.unit and series.place = 1
    left join depths
        on loaded.dataset = depths.dataset and loaded.period = depths.period and loaded.area = depths.area
        and loaded.leg = depths.flow and loaded.unit = depths.unit and loaded.kind = depths.kind and parted.depth = depths.depth
    group by loaded.figure_id, loaded.dataset, loaded.months, loaded.needed
),

-- Each day of the figure's period must be loaded once, of each of its flows.
graded as (
    select
        concerned.dataset, concerned.months, summed.needed, figures.*,
        summed.value - summed.steps * 0.5 as least,
        summed.value + summed.steps * 0.5 as most,
        coalesce(summed.days = summed.needed * figures.days and summed.overlapping = 0, false) as covers,
        coalesce(summed.whole = summed.periods, false) as is_whole
    from concerned
    inner join figures on concerned.figure_id = figures.figure_id
    left join summed
        on concerned.figure_id = summed.figure_id and concerned.dataset = summed.dataset and concerned.months = summed.months
),

-- Of what speaks of all of the series, trade as it was reported goes before the sum of its flows. The
-- least that there was can only be too much, and says nothing of a difference.
decided as (
    select
        *,
        row_number() over (partition by dataset, figure_id, months order by covers desc, is_whole desc, needed) as place
    from graded
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
    figure_id,
    case when covers and (is_whole or (flow <> 'balance' and most >= coalesce(value_lower, value_upper))) then least end as left_lower,
    case when covers and is_whole then most end as left_upper,
    '=' as relation,
    value_lower as right_lower,
    value_upper as right_upper
from decided
where place = 1

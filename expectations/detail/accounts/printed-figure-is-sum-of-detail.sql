-- id: printed-figure-is-sum-of-detail
-- severity: revision
-- scope: figures
-- statement: The detail of a printed figure's series and period sums to a value that is printed so.
-- formula: Σ detail = figure, within half of all last printed digits
-- source: IMTS 2010, ch. IX: detail and headline are revised at different times

-- What a figure's product is in the detail: itself, or the chapters that it consists of.
with products as (
    select distinct area, product, product as part from figures
    union
    select figures.area, figures.product, composition.part
    from figures
    inner join composition
        on composition.list = 'products' and figures.product = composition.code and length(composition.part) = 2
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

sums as (
    select
        by_partner.dataset, by_partner.period, by_partner.area, by_partner.flow, partners.partner, products.product,
        'total' as regime, by_partner.unit, partners.made, by_partner.value, by_partner.steps
    from by_partner
    inner join products on by_partner.area = products.area and by_partner.part = products.part
    inner join partners on by_partner.area = partners.area and by_partner.partner = partners.part
    inner join periods on by_partner.dataset = periods.dataset and by_partner.period = periods.period
    where coalesce(partners.since <= periods.starts, true) and coalesce(periods.ends <= partners.until, true)
    union all
    select
        by_regime.dataset, by_regime.period, by_regime.area, by_regime.flow, 'WLD' as partner, products.product,
        regimes.regime, by_regime.unit, regimes.made, by_regime.value, by_regime.steps
    from by_regime
    inner join products on by_regime.area = products.area and by_regime.part = products.part
    inner join regimes on by_regime.area = regimes.area and by_regime.regime = regimes.part
    where regimes.regime <> 'total'
),

legs as (
    select 'exports' as flow, 'exports' as leg, 1 as sign, 1 as needed
    union all select 'imports' as flow, 'imports' as leg, 1 as sign, 1 as needed
    union all select 'trade' as flow, 'exports' as leg, 1 as sign, 2 as needed
    union all select 'trade' as flow, 'imports' as leg, 1 as sign, 2 as needed
    union all select 'balance' as flow, 'exports' as leg, 1 as sign, 2 as needed
    union all select 'balance' as flow, 'imports' as leg, -1 as sign, 2 as needed
),

-- Every figure with detail of its area within its period, by the length of the detail's periods.
concerned as (
    select distinct figures.figure_id, held.dataset, periods.months
    from figures
    inner join (select distinct dataset, period, area from detail_areas) as held on figures.area = held.area
    inner join periods
        on held.dataset = periods.dataset and held.period = periods.period
        and figures.period_start <= periods.starts and periods.ends <= figures.period_end
),

-- How much of the figure's period and flows is loaded, in its unit.
loaded as (
    select figures.figure_id, held.dataset, periods.months, count(*) as found, min(legs.needed) as needed
    from figures
    inner join legs on figures.flow = legs.flow
    inner join detail_areas as held on figures.area = held.area and figures.unit = held.unit and legs.leg = held.flow
    inner join periods
        on held.dataset = periods.dataset and held.period = periods.period
        and figures.period_start <= periods.starts and periods.ends <= figures.period_end
    group by figures.figure_id, held.dataset, periods.months
),

-- A period that holds nothing of a series that other periods hold had nothing of it.
summed as (
    select
        figures.figure_id, sums.dataset, periods.months, sums.made,
        sum(legs.sign * sums.value) as value, sum(sums.steps) as steps
    from figures
    inner join legs on figures.flow = legs.flow
    inner join sums
        on figures.area = sums.area and legs.leg = sums.flow and figures.partner = sums.partner
        and figures.product = sums.product and figures.regime = sums.regime and figures.unit = sums.unit
    inner join periods
        on sums.dataset = periods.dataset and sums.period = periods.period
        and figures.period_start <= periods.starts and periods.ends <= figures.period_end
    where figures.measure = 'value' and figures.operator = 'total'
    group by figures.figure_id, sums.dataset, periods.months, sums.made
),

-- What was reported of a group goes before the sum of its members.
chosen as (
    select *, row_number() over (partition by figure_id, dataset, months order by made desc) as place
    from summed
)

select
    concerned.dataset,
    figures.period,
    figures.area,
    figures.flow,
    figures.partner,
    figures.product,
    figures.regime,
    figures.unit,
    figures.figure_id,
    case when loaded.found * concerned.months = loaded.needed * figures.months then chosen.value - chosen.steps * 0.5 end as left_lower,
    case when loaded.found * concerned.months = loaded.needed * figures.months then chosen.value + chosen.steps * 0.5 end as left_upper,
    '=' as relation,
    figures.value_lower as right_lower,
    figures.value_upper as right_upper
from concerned
inner join figures on concerned.figure_id = figures.figure_id
left join loaded
    on concerned.figure_id = loaded.figure_id and concerned.dataset = loaded.dataset and concerned.months = loaded.months
left join chosen
    on concerned.figure_id = chosen.figure_id and concerned.dataset = chosen.dataset and concerned.months = chosen.months
    and chosen.place = 1

-- purpose: All sums of the detail in one table: by partner with all regimes together, and by regime
--   with all partners together
-- grain: one row a dataset, period, area, flow, partner, product, regime and unit
-- units: value in `unit`
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports, imports or trade
-- column unit: unit of the value
-- column value: the sum of the detail
-- column steps: the sum of the last printed digits: the true value lies within half of it
-- column partner: code of the partner; WLD for all of them
-- column product: total, a chapter of the Harmonized System, or code of a commodity
-- column regime: code of the regime; total for all of them

select
    dataset, period, area, flow, unit, value, steps,
    'WLD' as partner, 'total' as product, 'total' as regime
from detail_areas
union all
select
    dataset, period, area, flow, unit, value, steps,
    partner, 'total' as product, 'total' as regime
from detail_partners
where partner <> 'WLD'
union all
select
    dataset, period, area, flow, unit, value, steps,
    'WLD' as partner, chapter as product, 'total' as regime
from detail_products
where chapter <> 'total'
union all
select
    dataset, period, area, flow, unit, value, steps,
    partner, chapter as product, 'total' as regime
from detail_chapters
where partner <> 'WLD' and chapter <> 'total'
union all
select
    dataset, period, area, flow, unit, value, steps,
    partner, product, 'total' as regime
from detail_commodities
union all
select
    dataset, period, area, flow, unit, value, steps,
    'WLD' as partner, chapter as product, regime
from detail_regimes
where regime <> 'total' and chapter <> 'total'
union all
select
    dataset, period, area, flow, unit,
    coalesce(sum(case when chapter = 'total' then value end), sum(value)) as value,
    coalesce(sum(case when chapter = 'total' then steps end), sum(steps)) as steps,
    'WLD' as partner, 'total' as product, regime
from detail_regimes
where regime <> 'total'
group by dataset, period, area, flow, unit, regime

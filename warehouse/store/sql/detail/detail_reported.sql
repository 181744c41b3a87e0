-- purpose: What was reported as such, so that a sum rests on it: totals, chapters and commodities,
--   by partner and regime; and in which chapters of commodities finer codes were
-- grain: one row a dataset, period, area, flow, partner, regime, unit, product and kind
-- units: none
-- key: dataset, period, area, flow, partner, regime, unit, product, kind
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column partner: code of the partner; of finer codes WLD, or all for all others
-- column regime: code of the regime; all for finer codes
-- column unit: unit of the value
-- column product: total, a chapter of the Harmonized System, or the code of a commodity all of
--   whose headings were reported
-- column kind: itself, or finer where codes in the chapter were

with headings as (
    select part, code, count(*) over (partition by code) as needed
    from composition
    where list = 'products' and length(part) > 2
)

select dataset, period, area, flow, partner, regime, unit, chapter as product, 'itself' as kind
from cells
where level in (0, 2) and value is not null
union all
select
    min(detail.dataset) as dataset,
    min(detail.period) as period,
    detail.area,
    detail.flow,
    detail.partner,
    detail.regime,
    detail.unit,
    headings.code as product,
    'itself' as kind
from detail
inner join headings on detail.product = headings.part
where detail.value is not null
group by detail.area, detail.flow, detail.partner, detail.regime, detail.unit, headings.code
having count(distinct headings.part) = min(headings.needed)
union all
select
    min(dataset) as dataset,
    min(period) as period,
    area,
    flow,
    case when partner = 'WLD' then partner else 'all' end as partner,
    'all' as regime,
    unit,
    chapter as product,
    'finer' as kind
from cells
where level > 2 and chapter in (select left(part, 2) from headings)
group by area, flow, case when partner = 'WLD' then partner else 'all' end, unit, chapter
order by dataset, period, area, flow, partner, regime, unit, product, kind

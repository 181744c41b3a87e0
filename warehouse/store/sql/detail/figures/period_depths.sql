-- purpose: What a period of detail speaks of, and how deep it goes. Of a series that it speaks of,
--   and does not hold, there was no trade; of any other it says nothing
-- grain: one row a dataset, period, area, flow, unit, kind and depth
-- units: none
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports, imports or trade
-- column unit: unit of the values
-- column kind: whether single partners are told apart, or single regimes; all where neither need be
-- column depth: total; chapters; or a chapter of which finer codes are there

select dataset, period, area, flow, unit, 'partners' as kind, 'total' as depth
from detail_partners
where partner <> 'WLD'
union
select dataset, period, area, flow, unit, 'partners' as kind, 'chapters' as depth
from detail_chapters
where partner <> 'WLD' and chapter <> 'total'
union
select dataset, period, area, flow, unit, 'all' as kind, 'chapters' as depth
from detail_products
where chapter <> 'total'
union
select dataset, period, area, flow, unit, 'regimes' as kind, 'total' as depth
from detail_regimes
where regime <> 'total'
union
select dataset, period, area, flow, unit, 'regimes' as kind, 'chapters' as depth
from detail_regimes
where regime <> 'total' and chapter <> 'total'
union
select dataset, period, area, flow, unit, 'all' as kind, product as depth
from detail_reported
where kind = 'finer'
union
select dataset, period, area, flow, unit, 'partners' as kind, product as depth
from detail_reported
where kind = 'finer' and partner <> 'WLD'

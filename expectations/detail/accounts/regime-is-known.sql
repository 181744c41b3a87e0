-- id: regime-is-known
-- severity: warning
-- scope: period
-- statement: The regime is a code of the list of regimes: of another it is not known whether it
--   lies in one of them.
-- formula: rows of a regime that is not in the list = 0
-- source: IMTS 2010, ch. II: customs procedures

select
    min(cells.dataset) as dataset,
    min(cells.period) as period,
    cells.area,
    cells.flow,
    cast(null as varchar) as partner,
    cast(null as varchar) as product,
    cells.regime,
    cast(null as varchar) as unit,
    sum(case when known.code is null then cells.rows else 0 end) as left_lower,
    sum(case when known.code is null then cells.rows else 0 end) as left_upper,
    '<=' as relation,
    case when cells.regime is not null then 0 end as right_lower,
    case when cells.regime is not null then 0 end as right_upper
from cells
left join codes as known on cells.regime = known.code and known.list = 'regimes'
group by cells.area, cells.flow, cells.regime

-- purpose: Detail of one period, from which all else is summed: by chapter, each level of product
--   codes by itself
-- grain: one row an area, flow, partner, regime, unit, chapter and level
-- units: value in `unit`, weight in kg

-- Dataset and period are the same in every row: any of them will do, and costs least. DuckDB
-- evaluates `substring` once for each code that a file lists, but `left` for each row.
select
    any_value(dataset) as dataset,
    any_value(period) as period,
    area,
    flow,
    partner,
    regime,
    unit,
    case when product = 'total' then product else substring(product, 1, 2) end as chapter,
    case when product = 'total' then 0 else length(product) end as level,
    cast(sum(value) as decimal(38, 2)) as value,
    cast(sum(value_step) as decimal(38, 2)) as steps,
    cast(sum(weight) as decimal(38, 3)) as weight,
    count(*) as rows,
    count(value) as quoted
from detail
group by
    area,
    flow,
    partner,
    regime,
    unit,
    case when product = 'total' then product else substring(product, 1, 2) end,
    case when product = 'total' then 0 else length(product) end

-- purpose: Both flows side by side, with trade and balance
-- grain: one row a dataset, period, area and unit
-- units: values in `unit`
-- key: dataset, period, area, unit
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column unit: unit of the values
-- column exports: exports
-- column imports: imports
-- column trade: both; as reported, where it was
-- column balance: exports less imports

select
    dataset,
    period,
    area,
    unit,
    sum(case when flow = 'exports' then value end) as exports,
    sum(case when flow = 'imports' then value end) as imports,
    cast(
        coalesce(
            sum(case when flow = 'trade' then value end),
            sum(case when flow = 'exports' then value end)
            + sum(case when flow = 'imports' then value end)
        ) as decimal(38, 2)
    ) as trade,
    cast(
        sum(case when flow = 'exports' then value end)
        - sum(case when flow = 'imports' then value end)
        as decimal(38, 2)
    ) as balance
from detail_areas
group by dataset, period, area, unit
order by dataset, period, area, unit

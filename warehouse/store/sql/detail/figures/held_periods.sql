-- purpose: The periods that hold detail of an area, flow and unit
-- grain: one row a dataset, period, area, flow and unit
-- units: lengths in months and days
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports, imports or trade
-- column unit: unit of the values
-- column year: fiscal year of its last day
-- column month: which month of that year its last day lies in
-- column months: how many whole months it consists of; 0 where it does not consist of whole ones
-- column days: how many days it has
-- column starts: its first day
-- column ends: its last day
-- column complete: whether the files of the period were declared to hold all that there is

select
    held.dataset,
    held.period,
    held.area,
    held.flow,
    held.unit,
    periods.year,
    periods.month,
    coalesce(periods.months, 0) as months,
    periods.days,
    periods.starts,
    periods.ends,
    periods.complete
from (select distinct dataset, period, area, flow, unit from detail_partners) as held
inner join periods on held.dataset = periods.dataset and held.period = periods.period

-- id: rupees-and-dollars-agree
-- severity: error
-- statement: Exports and imports that a source prints both in rupees and in dollars stand at one
--   rate, within one per cent.
-- formula: X_inr / X_usd = M_inr / M_usd ± 1 %
-- source: the ministry converts the trade of each month at the average rate of the month
-- needs: unit = 'INR'

with rates as (
    select
        rupees.source_id,
        rupees.period_start,
        rupees.period_end,
        rupees.flow,
        rupees.figure_id as rupees_id,
        dollars.figure_id as dollars_id,
        rupees.value_printed || ' for ' || dollars.value_printed as printed,
        rupees.value_lower / dollars.value_upper as rate_lower,
        rupees.value_upper / dollars.value_lower as rate_upper
    from core.levels as rupee_levels
    inner join core.levels as dollar_levels
        using (source_id, series, period_start, period_end)
    inner join core.figures as rupees on rupee_levels.level_id = rupees.figure_id
    inner join core.figures as dollars on dollar_levels.level_id = dollars.figure_id
    where
        rupees.unit = 'INR'
        and dollars.unit = 'USD'
        and rupees.value_lower > 0
        and dollars.value_lower > 0
)

select
    [exports.rupees_id, exports.dollars_id, imports.rupees_id, imports.dollars_id] as figures,
    exports.rupees_id || ', ' || exports.printed as left_side,
    exports.rate_lower::decimal(38, 6) as left_lower,
    exports.rate_upper::decimal(38, 6) as left_upper,
    '=' as relation,
    imports.rupees_id || ', ' || imports.printed || ', give or take 1 %' as right_side,
    (imports.rate_lower * 0.99)::decimal(38, 6) as right_lower,
    (imports.rate_upper * 1.01)::decimal(38, 6) as right_upper,
    'INR' as unit
from rates as exports
inner join rates as imports using (source_id, period_start, period_end)
where exports.flow = 'exports' and imports.flow = 'imports'

-- id: unit-value-in-line-with-history
-- severity: warning
-- statement: The value of a unit of goods, or of an order, changes by no more than its series usually does.
-- formula: Hidiroglou–Berthelot effect of r_t / r_t−1, r = value / quantity, within median ± 7 · max(quartile distance, 0.05)
-- source: Hidiroglou and Berthelot 1986, Survey Methodology 12; IMTS 2010, ch. IX, unit values

with unit_values as (
    select
        value.figure_id as value_id,
        quantity.figure_id as quantity_id,
        value.series,
        value.unit,
        quantity.measure,
        quantity.unit as quantity_unit,
        value.span,
        value.period_end,
        value.value::double as size,
        value.value::double / nullif(quantity.value, 0)::double as r
    from core.levels as levels
    inner join core.figures as value on levels.level_id = value.figure_id and value.measure = 'value'
    inner join core.figures as quantity
        on
            value.source_id = quantity.source_id
            and quantity.measure in ('weight', 'quantity', 'orders')
            and value.area = quantity.area
            and value.partner = quantity.partner
            and value.flow = quantity.flow
            and value.product = quantity.product
            and value.regime = quantity.regime
            and value.operator = quantity.operator
            and value.period_start is not distinct from quantity.period_start
            and value.period_end = quantity.period_end
            and quantity.value_printed is not null
    where levels.is_latest and value.value > 0
),

ratios as (
    select
        *,
        lag(value_id) over same as before_id,
        r / nullif(lag(r) over same, 0) as ratio,
        greatest(size, lag(size) over same) as larger
    from unit_values
    window same as (
        partition by series, unit, measure, quantity_unit, span
        order by period_end
    )
),

centred as (
    select *, median(ratio) over same as centre, median(larger) over same as usual, count(*) over same as others
    from ratios
    where ratio is not null
    window same as (partition by series, unit, measure, quantity_unit, span)
),

effects as (
    select
        *,
        case when ratio < centre then 1 - centre / ratio else ratio / centre - 1 end
        * sqrt(larger / usual) as effect
    from centred
),

bounds as (
    select
        *,
        median(effect) over same as middle,
        quantile_cont(effect, 0.25) over same as low,
        quantile_cont(effect, 0.75) over same as high
    from effects
    window same as (partition by series, unit, measure, quantity_unit, span)
)

select
    [before_id, value_id, quantity_id] as figures,
    'effect of the unit value of ' || value_id || ' and ' || quantity_id as left_side,
    effect::decimal(18, 6) as left_lower,
    effect::decimal(18, 6) as left_upper,
    '=' as relation,
    'what the ' || others || ' changes of its series make likely' as right_side,
    case when others >= 8 then (middle - 7 * greatest(middle - low, 0.05))::decimal(18, 6) end as right_lower,
    case when others >= 8 then (middle + 7 * greatest(high - middle, 0.05))::decimal(18, 6) end as right_upper,
    'ratio' as unit
from bounds

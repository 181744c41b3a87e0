-- id: unit-value-in-line-with-history
-- severity: warning
-- statement: The value of a unit of goods, or of an order, changes by no more than its series
--   usually does.
-- formula: Hidiroglou–Berthelot effect of r_t / r_t−1, r = value / quantity, within median ± 7 ·
--   max(quartile distance, 0.05)
-- source: Hidiroglou and Berthelot 1986, Survey Methodology 12; IMTS 2010, ch. IX, unit values
-- needs: measure <> 'value'

with quantities as (
    select figures.*
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    where figures.measure in ('weight', 'quantity', 'orders') and figures.value > 0
),

unit_values as (
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
        value.value::double / quantity.value::double as r,
        greatest(value.value_lower, 0)::double / quantity.value_upper::double as r_lower,
        value.value_upper::double / greatest(quantity.value_lower, 0)::double as r_upper
    from core.levels as levels
    inner join core.figures as value
        on levels.level_id = value.figure_id and value.measure = 'value'
    inner join quantities as quantity
        on
            value.source_id = quantity.source_id
            and series_but(value.series, ['measure']) = series_but(quantity.series, ['measure'])
            and value.period_start is not distinct from quantity.period_start
            and value.period_end = quantity.period_end
    where levels.is_latest and value.value > 0
),

ratios as (
    select
        *,
        lag(value_id) over same as before_id,
        r / lag(r) over same as ratio,
        r_lower / lag(r_upper) over same as ratio_lower,
        r_upper / lag(r_lower) over same as ratio_upper,
        greatest(size, lag(size) over same) as larger
    from unit_values
    window same as (
        partition by series, unit, measure, quantity_unit, span
        order by period_end
    )
),

centred as (
    select
        *,
        median(ratio) over same as centre,
        median(larger) over same as usual,
        count(*) over same as others
    from ratios
    where ratio is not null
    window same as (partition by series, unit, measure, quantity_unit, span)
),

effects as (
    select
        *,
        list_transform(
            [ratio, ratio_lower, ratio_upper],
            lambda x : case when x < centre then 1 - centre / x else x / centre - 1 end
            * sqrt(larger / usual)
        ) as effects
    from centred
),

bounds as (
    select
        *,
        median(effects[1]) over same as middle,
        quantile_cont(effects[1], 0.25) over same as low,
        quantile_cont(effects[1], 0.75) over same as high
    from effects
    window same as (partition by series, unit, measure, quantity_unit, span)
)

select
    [before_id, value_id, quantity_id] as figures,
    'the effect of the unit value of ' || value_id || ' and ' || quantity_id || ' after '
    || before_id as left_side,
    -- An absurd unit value is a finding, not an overflow.
    case
        when abs(effects[2]) < 1e6 then effects[2]
        else 1e6 * sign(effects[2])
    end::decimal(18, 6) as left_lower,
    case
        when abs(effects[3]) < 1e6 then effects[3]
        else 1e6 * sign(effects[3])
    end::decimal(18, 6) as left_upper,
    '=' as relation,
    'what the ' || others || ' changes of its series make likely' as right_side,
    case
        when others >= 8 then try_cast(middle - 7 * greatest(middle - low, 0.05) as decimal(18, 6))
    end as right_lower,
    case
        when others >= 8 then try_cast(middle + 7 * greatest(high - middle, 0.05) as decimal(18, 6))
    end as right_upper,
    'ratio' as unit
from bounds

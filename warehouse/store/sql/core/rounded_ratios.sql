-- purpose: Growths and shares that look computed from levels as these are printed: they have at
--   least a digit more than the levels carry, and are just what these give. The true ones may be off
--   by as much as rounding the levels does
-- grain: one row a figure and such a number of it
-- units: growth and shares as fractions
-- column figure_id: the figure
-- column aspect: growth, other_growth or share
-- column lower: least true growth or share that goes with what is printed, rounded outward
-- column upper: greatest such

with ratios as (
    select
        figure_id,
        source_id,
        series,
        unit,
        value,
        value_lower,
        value_upper,
        value_step,
        share_of,
        unnest([
            {
                'aspect': 'growth',
                'one': 1,
                'ratio': 1 + growth::double,
                'lower': growth_lower,
                'upper': growth_upper,
                'step': growth_step::double,
                'base_start': base_start,
                'base_end': base_end
            },
            {
                'aspect': 'other_growth',
                'one': 1,
                'ratio': 1 + other_growth::double,
                'lower': other_growth_lower,
                'upper': other_growth_upper,
                'step': other_growth_step::double,
                'base_start': other_base_start,
                'base_end': other_base_end
            },
            {
                'aspect': 'share',
                'one': 0,
                'ratio': share::double,
                'lower': share_lower,
                'upper': share_upper,
                'step': share_step::double,
                'base_start': null,
                'base_end': null
            }
        ]) as printed
    from raw.figures
    where value_lower is not null and value_upper is not null
),

-- The growth of a deficit may be that of its size, or the other way.
readings as (
    select
        *,
        printed.aspect as aspect,
        printed.one as one,
        1 as way,
        printed.ratio as ratio,
        printed.lower as lower,
        printed.upper as upper
    from ratios

    union all

    select *, printed.aspect, 1, -1, 2 - printed.ratio, -printed.upper, -printed.lower
    from ratios
    where value < 0 and printed.one = 1
),

-- Few pass this: what a ratio is over is not known yet, but about how large that is.
finer as (
    select
        *,
        try_cast(
            round(value::double / nullif(ratio, 0) / value_step::double) as decimal(18, 0)
        ) as steps
    from readings
    where
        lower is not null
        and upper is not null
        and (value = 0 or printed.step * abs(value::double) < value_step::double * ratio)
),

printed_levels as (
    select
        source_id,
        series,
        unit,
        period_start,
        period_end,
        value,
        value_lower,
        value_upper
    from raw.figures
    where value is not null

    union all

    select source_id, series, unit, base_start, base_end, base, base_lower, base_upper
    from raw.figures
    where base is not null
),

pairs as (
    select
        finer.*,
        levels.value as below,
        levels.value_lower as below_lower,
        levels.value_upper as below_upper
    from finer
    inner join printed_levels as levels
        on
            finer.source_id = levels.source_id
            and finer.series = levels.series
            and finer.unit = levels.unit
            and finer.printed.base_start is not distinct from levels.period_start
            and finer.printed.base_end = levels.period_end

    union all

    select finer.*, whole.value, whole.value_lower, whole.value_upper
    from finer
    inner join raw.figures as whole
        on finer.share_of = whole.figure_id and finer.aspect = 'share'

    union all

    -- A base that is not printed has as many digits as its level.
    select
        finer.*,
        finer.steps * finer.value_step as below,
        finer.steps * finer.value_step - (finer.value - finer.value_lower) as below_lower,
        finer.steps * finer.value_step + (finer.value_upper - finer.value) as below_upper
    from finer
    anti join printed_levels as levels
        on
            finer.source_id = levels.source_id
            and finer.series = levels.series
            and finer.unit = levels.unit
            and finer.printed.base_start is not distinct from levels.period_start
            and finer.printed.base_end = levels.period_end
    where finer.one = 1
),

quotients as (
    select
        figure_id,
        aspect,
        way,
        lower,
        upper,
        ratio_down(
            if(value < 0, -value_upper, value_lower),
            if(value < 0, -below_upper, below_lower),
            if(value < 0, -below_lower, below_upper)
        ) - one as least_quotient,
        ratio_up(
            if(value < 0, -value_lower, value_upper),
            if(value < 0, -below_upper, below_lower),
            if(value < 0, -below_lower, below_upper)
        ) - one as greatest_quotient
    from pairs
    where
        10 * printed.step * abs(below::double) <= value_step::double
        and value::double / nullif(below, 0)::double - one
        between lower::double - 1e-12 and upper::double + 1e-12
),

widened as (
    select
        figure_id,
        aspect,
        way,
        least(lower, least_quotient) as lower,
        greatest(upper, greatest_quotient) as upper
    from quotients
    where least_quotient is not null and greatest_quotient is not null
)

select
    figure_id,
    aspect,
    min(if(way > 0, lower, -upper))::decimal(18, 10) as lower,
    max(if(way > 0, upper, -lower))::decimal(18, 10) as upper
from widened
group by figure_id, aspect
order by figure_id, aspect

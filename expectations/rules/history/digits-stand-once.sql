-- id: digits-stand-once
-- severity: warning
-- statement: The same seven digits or more do not stand in two years, flows, partners or areas of
--   one source, unless the one lies in the other.
-- formula: no two values of seven significant digits or more are the same but for their scale
-- source: ESS validation, duplicates; two numbers of seven digits are alike by chance in one of
--   millions of pairs
-- asks: was one of them copied into the place of the other?

with numbers as (
    select figures.*, trim(replace(abs(figures.value)::varchar, '.', ''), '0') as digits
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
),

neighbours as (
    select
        *,
        lag(figure_id) over alike as before_id,
        lag(value_printed) over alike as before_printed,
        lag(value_hedge) over alike as before_hedge,
        lag(digits) over alike as before_digits,
        lag(series) over alike as before_series,
        lag(period_start) over alike as before_start,
        lag(period_end) over alike as before_end,
        lag(area) over alike as before_area,
        lag(partner) over alike as before_partner
    from numbers
    where len(digits) >= 7
    window alike as (
        partition by source_id, unit
        order by digits, period_end, series, figure_id
    )
),

compared as (
    select
        neighbours.*,
        neighbours.digits = neighbours.before_digits
        and same_definition(neighbours.series, neighbours.before_series)
        -- A month may be all of a year to date, and one partner all of the world.
        and not (
            neighbours.series = neighbours.before_series
            and coalesce(neighbours.period_start, '-infinity'::date) <= neighbours.before_end
            and coalesce(neighbours.before_start, '-infinity'::date) <= neighbours.period_end
        )
        and inside.series is null
        and outside.series is null
        -- What one exports to the other is what that imports from it.
        and not (
            neighbours.area = neighbours.before_partner
            and neighbours.partner = neighbours.before_area
            and neighbours.area <> neighbours.partner
        ) as is_copy,
        neighbours.value_hedge = 'exact' and neighbours.before_hedge = 'exact' as is_certain
    from neighbours
    left join (select distinct series, outer_series from core.enclosed_series) as inside
        on
            neighbours.series = inside.series
            and neighbours.before_series = inside.outer_series
    left join (select distinct series, outer_series from core.enclosed_series) as outside
        on
            neighbours.before_series = outside.series
            and neighbours.series = outside.outer_series
    where neighbours.before_id is not null
),

numbered as (
    select
        source_id,
        unit,
        digits,
        coalesce(bool_or(is_copy) filter (is_certain), false) as are_copies,
        coalesce(bool_or(is_certain), false) as is_certain,
        -- Those that were copied, or all that are alike where none was.
        list_sort(
            list_distinct(
                flatten(
                    coalesce(
                        list([[before_id, before_printed], [figure_id, value_printed]])
                            filter (is_copy and is_certain),
                        list([[before_id, before_printed], [figure_id, value_printed]])
                    )
                )
            )
        ) as numbers
    from compared
    group by source_id, unit, digits, before_digits
)

select
    list_transform(numbers, lambda number : number[1]) as figures,
    array_to_string(
        list_transform(numbers, lambda number : array_to_string(number, ' ')), ' and '
    ) || ' have the same ' || len(digits) || ' digits' as left_side,
    if(are_copies, len(digits), 0)::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    -- So many two numbers may share by chance.
    '' as right_side,
    if(is_certain, 6, null)::decimal(18, 6) as right_lower,
    right_lower as right_upper,
    'item' as unit
from numbered

-- id: flows-not-exchanged-between-sources
-- severity: error
-- statement: The exports of a source are not the imports of all others, nor its imports their
--   exports: then its two columns were exchanged, or theirs.
-- formula: not two or more E meet I′ and I meet E′, while E does not meet E′, for one period in two
--   sources, and none the other way
-- source: ESS validation, consistency with what was published before
-- asks: do the headers of the columns of exports and imports stand over each other's numbers, here
--   or there?

with pairs as (
    select
        flows.*,
        exports.value_lower as exports_lower,
        exports.value_upper as exports_upper,
        imports.value_lower as imports_lower,
        imports.value_upper as imports_upper,
        exports.published_to
    from core.flows as flows
    inner join core.figures as exports on flows.exports_id = exports.figure_id
    inner join core.figures as imports on flows.imports_id = imports.figure_id
),

-- Numbers of two sources meet where the later one revises by less than a tenth.
compared as (
    select
        here.source_id,
        there.source_id as other_id,
        here.exports_id,
        here.imports_id,
        coalesce(least(here.exports_lower, here.imports_lower) > 0, false)
        and here.exports_lower + here.exports_upper + here.imports_lower + here.imports_upper
        + there.exports_lower + there.exports_upper + there.imports_lower + there.imports_upper
        is not null as is_known,
        is_known
        and may_meet(
            here.exports_lower,
            here.exports_upper,
            product_down(there.exports_lower, 0.9),
            product_down(there.exports_upper, 1.1)
        )
        and may_meet(
            here.imports_lower,
            here.imports_upper,
            product_down(there.imports_lower, 0.9),
            product_down(there.imports_upper, 1.1)
        ) as is_alike,
        is_known
        and may_meet(
            here.exports_lower,
            here.exports_upper,
            product_down(there.imports_lower, 0.9),
            product_down(there.imports_upper, 1.1)
        )
        and may_meet(
            here.imports_lower,
            here.imports_upper,
            product_down(there.exports_lower, 0.9),
            product_down(there.exports_upper, 1.1)
        ) as is_crosswise
    from pairs as here
    inner join pairs as there
        on
            here.series = there.series
            and here.unit = there.unit
            and here.period_start is not distinct from there.period_start
            and here.period_end = there.period_end
            and here.source_id <> there.source_id
            and (here.published_to, here.source_id) > (there.published_to, there.source_id)
),

counted as (
    select
        source_id,
        list_sort(list_distinct(flatten(list([exports_id, imports_id])))) as figures,
        string_agg(distinct other_id, ', ' order by other_id) as others,
        count_if(is_alike and not is_crosswise) as alike,
        count_if(is_crosswise and not is_alike) as exchanged
    from compared
    where not is_known or is_alike or is_crosswise
    group by source_id
)

select
    figures,
    'exports and imports of ' || source_id || ' are the imports and exports of ' || others
    || ' in ' || exchanged || ' of ' || (alike + exchanged) || ' periods in which they differ: '
    || array_to_string(figures[1:6], ', ') || if(len(figures) > 6, ', …', '')
    as left_side,
    if(alike = 0, exchanged, 0)::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    '' as right_side,
    -- A slip may turn one.
    if(alike + exchanged > 1, 1, null)::decimal(18, 6) as right_lower,
    right_lower as right_upper,
    'item' as unit
from counted

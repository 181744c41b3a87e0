-- id: flows-not-exchanged-between-sources
-- severity: review
-- statement: The exports of a source are not the imports of all others, nor its imports their
--   exports: then its two columns were exchanged.
-- formula: not all E meet I′ and I meet E′, while E does not meet E′, for one period in two sources
-- source: ESS validation, consistency with what was published before
-- asks: do the headers of the columns of exports and imports stand over each other's numbers?

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

compared as (
    select
        here.source_id,
        [here.exports_id, here.imports_id, there.exports_id, there.imports_id] as figures,
        coalesce(least(here.exports_lower, here.imports_lower) > 0, false)
        and here.exports_lower + here.exports_upper + here.imports_lower + here.imports_upper
        + there.exports_lower + there.exports_upper + there.imports_lower + there.imports_upper
        is not null as is_known,
        is_known
        -- Revised by less than a tenth, but exchanged.
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
        )
        and not may_meet(
            here.exports_lower,
            here.exports_upper,
            product_down(there.exports_lower, 0.9),
            product_down(there.exports_upper, 1.1)
        )
        and not may_meet(
            here.imports_lower,
            here.imports_upper,
            product_down(there.imports_lower, 0.9),
            product_down(there.imports_upper, 1.1)
        ) as is_exchanged
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
        flatten(list(figures order by figures)) as all_figures,
        count_if(is_known) as compared,
        count_if(is_exchanged) as exchanged
    from compared
    group by source_id
)

select
    list_distinct(all_figures) as figures,
    'exports and imports of ' || source_id || ' that are the imports and exports of another source, '
    || 'such as ' || array_to_string(all_figures[1:8], ', ') as left_side,
    if(exchanged = compared, exchanged, 0)::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    'none of the ' || compared || ' that both print' as right_side,
    if(compared > 0, 0, null)::decimal(18, 6) as right_lower,
    right_lower as right_upper,
    'item' as unit
from counted

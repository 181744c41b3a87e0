-- purpose: Figures beside the figures around them: of an area that theirs lies in, or of goods that
--   theirs belong to, and the same in all else
-- grain: one row a dimension, figure and figure around it
-- units: values in the base unit `unit`
-- column dimension: by which the one lies in the other: area or product
-- column inside_id: figure_id of the figure inside
-- column inside_printed: its value as printed
-- column inside_lower: least value that is printed so
-- column inside_upper: greatest value that is printed so
-- column outside_id: figure_id of the figure around it
-- column outside_printed: its value as printed
-- column outside_lower: least value that is printed so
-- column outside_upper: greatest value that is printed so
-- column unit: base unit of both

with around as (
    select list, code, ancestor as outer_code
    from core.code_ancestors
    where counts_within
),

latest as (
    select figures.*
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.codes as measures
        on measures.list = 'measures' and figures.measure = measures.code
    where
        levels.is_latest
        and measures.additive
        and figures.flow in ('exports', 'imports', 'trade')
),

inside as (
    select 'area' as dimension, 'areas' as list, area as code, *
    from latest
    union all
    select 'product' as dimension, 'products' as list, product as code, *
    from latest
)

select
    inside.dimension,
    inside.figure_id as inside_id,
    inside.value_printed as inside_printed,
    inside.value_lower as inside_lower,
    inside.value_upper as inside_upper,
    outside.figure_id as outside_id,
    outside.value_printed as outside_printed,
    outside.value_lower as outside_lower,
    outside.value_upper as outside_upper,
    inside.unit
from inside
inner join around on inside.list = around.list and inside.code = around.code
inner join latest as outside
    on
        case inside.dimension when 'area' then around.outer_code else inside.area end = outside.area
        and case inside.dimension when 'product' then around.outer_code else inside.product end
        = outside.product
        and inside.partner = outside.partner
        and inside.flow = outside.flow
        and inside.regime = outside.regime
        and inside.operator = outside.operator
        and inside.measure = outside.measure
        and inside.unit = outside.unit
        and inside.period_start is not distinct from outside.period_start
        and inside.period_end = outside.period_end
-- What a source calls a part is compared by rules of its own.
where inside.part_of is distinct from outside.figure_id

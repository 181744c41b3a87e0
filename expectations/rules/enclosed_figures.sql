-- purpose: Figures beside the figures around them: of an area that theirs lies in, or of goods that
--   theirs belong to, and the same in all else
-- grain: one row a dimension, figure and figure around it
-- units: values in the base unit `unit`
-- column dimension: by which the one lies in the other: area, product, or another that nests
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

-- Each figure once for each dimension whose codes nest, with the series of all else.
placed as (
    select
        nesting.dimension,
        list_of(nesting.dimension) as list,
        coalesce(code_in(latest.series, nesting.dimension), default_of(nesting.dimension)) as code,
        series_but(latest.series, [nesting.dimension]) as beside,
        latest.*
    from latest
    cross join (select unnest(nesting_dimensions()) as dimension) as nesting
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
from placed as inside
inner join around on inside.list = around.list and inside.code = around.code
inner join placed as outside
    on
        inside.dimension = outside.dimension
        and around.outer_code = outside.code
        and inside.beside = outside.beside
        and inside.unit = outside.unit
        and inside.period_start is not distinct from outside.period_start
        and inside.period_end = outside.period_end
-- What a source calls a part is compared by rules of its own.
where inside.part_of is distinct from outside.figure_id

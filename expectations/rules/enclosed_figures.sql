-- purpose: Figures beside the figures around them: of an area, partner, product, regime, … that
--   theirs lies in, or of trade that they are a flow of, and the same in all else
-- grain: one row a figure and a figure around it
-- units: values in the base unit `unit`
-- column dimensions: in what the one lies in the other: area, product, 'flow,partner', …
-- column kind: where that is one dimension: the kind of the code inside, such as province
-- column inside_id: figure_id of the figure inside
-- column inside_printed: its value as printed
-- column inside_lower: least value that is printed so
-- column inside_upper: greatest value that is printed so
-- column outside_id: figure_id of the figure around it
-- column outside_printed: its value as printed
-- column outside_lower: least value that is printed so
-- column outside_upper: greatest value that is printed so
-- column unit: base unit of both
-- column is_same_source: whether one source prints both
-- column is_part: whether the source calls it a part of that; rules of their own compare these
-- column is_disjoint: whether it says, too, that its parts do not overlap

with additive as (
    select levels.*, figures.value_printed, figures.value_lower, figures.value_upper
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.codes as measures
        on measures.list = 'measures' and figures.measure = measures.code
    where
        measures.additive
        -- A difference may be greater than what it is a part of.
        and not is_difference(figures.flow)
)

select
    array_to_string(around.dimensions, ',') as dimensions,
    around.kind,
    inside.level_id as inside_id,
    inside.value_printed as inside_printed,
    inside.value_lower as inside_lower,
    inside.value_upper as inside_upper,
    outside.level_id as outside_id,
    outside.value_printed as outside_printed,
    outside.value_lower as outside_lower,
    outside.value_upper as outside_upper,
    inside.unit,
    inside.source_id = outside.source_id as is_same_source,
    parts.part_id is not null as is_part,
    coalesce(parts.is_disjoint, false) as is_disjoint
from core.enclosed_series as around
inner join additive as inside on around.series = inside.series
inner join additive as outside
    on
        around.outer_series = outside.series
        and inside.unit = outside.unit
        and inside.period_start is not distinct from outside.period_start
        and inside.period_end = outside.period_end
left join core.parts as parts
    on inside.level_id = parts.part_id and outside.level_id = parts.total_id
where
    coalesce(around.since <= coalesce(inside.period_start, inside.period_end), true)
    and coalesce(inside.period_end <= around.until, true)
    -- Of areas and goods the newest that anybody says, too.
    and (
        inside.source_id = outside.source_id
        or (
            inside.is_latest
            and outside.is_latest
            and around.dimensions in (['area'], ['product'])
        )
    )

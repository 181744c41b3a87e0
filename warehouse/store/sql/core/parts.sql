-- purpose: Which figure is part of which total, by what it differs, and how it stands to its
--   siblings
-- grain: one row a part
-- units: none
-- column total_id: figure_id of the total
-- column part_id: figure_id of the part
-- column breakdown: the dimensions in which the part differs from its total, joined with ','
-- column is_partition: the parts of this breakdown make up the whole total
-- column is_disjoint: the parts of this breakdown do not overlap
-- column part_set: parts that may be added up: the whole breakdown where disjoint, else the part
--   alone

with paired as (
    select
        part.figure_id as part_id,
        total.figure_id as total_id,
        part.series,
        total.series as total_series
    from core.figures as part
    inner join core.figures as total on part.part_of = total.figure_id
),

-- The same series stand beside each other in many sources.
compared as (
    select
        series,
        total_series,
        differing(series, total_series) as dimensions
    from (select distinct series, total_series from paired)
),

siblings as (
    select
        total.figure_id as total_id,
        part.figure_id as part_id,
        part.series,
        coalesce(total.partition, '') as partition,
        coalesce(total.disjoint, '') as disjoint,
        compared.dimensions,
        -- Of a part that the source prints several times, only one counts in a sum.
        row_number() over (
            partition by total.figure_id, part.series
            order by part.value_printed is null, part.value_step, part.figure_id
        ) = 1
        -- A balance is no addend of trade, nor trade one of a balance.
        and is_difference(part.flow) = is_difference(total.flow)
        and len(compared.dimensions) > 0 as may_add,
        part.period_start,
        part.period_end,
        total.value as total_value,
        total.value_step as total_step,
        case when part.unit = total.unit then part.value end as part_value,
        part.value_step as part_step
    from paired
    inner join core.figures as part on paired.part_id = part.figure_id
    inner join core.figures as total on paired.total_id = total.figure_id
    inner join compared
        on paired.series = compared.series and paired.total_series = compared.total_series
),

-- Germany, where the EU is a part too, is in the sum already.
nested as (
    select distinct inside.part_id
    from siblings as inside
    inner join core.enclosed_series as around on inside.series = around.series
    inner join siblings as outside
        on
            inside.total_id = outside.total_id
            and around.outer_series = outside.series
            and inside.dimensions = outside.dimensions
    where
        outside.may_add
        and coalesce(around.since <= coalesce(inside.period_start, inside.period_end), true)
        and coalesce(inside.period_end <= around.until, true)
),

-- But Hawaii, which some offices list beside the United States, is not, where they are said to
-- make up the whole and do not without it.
beside as (
    select total_id, dimensions
    from siblings
    where may_add and (partition = 'true' or list_has_all(string_split(partition, ','), dimensions))
    group by all
    having
        abs(any_value(total_value) - sum(part_value) filter (part_id not in (from nested)))
        > any_value(total_step) + sum(part_step)
),

differing as (
    select
        *,
        may_add
        and (
            part_id not in (from nested)
            or (total_id, dimensions) in (select (total_id, dimensions) from beside)
        ) as is_addend
    from siblings
),

declared as (
    select
        total_id,
        part_id,
        array_to_string(dimensions, ',') as breakdown,
        is_addend
        and (
            partition = 'true'
            or list_has_all(string_split(partition, ','), dimensions)
        ) as is_partition,
        is_addend
        and (
            disjoint = 'true'
            or list_has_all(string_split(disjoint, ','), dimensions)
        ) as is_disjoint
    from differing
)

select
    total_id,
    part_id,
    breakdown,
    is_partition,
    is_partition or is_disjoint as is_disjoint,
    total_id || ' '
    || case when is_partition or is_disjoint then breakdown else part_id end as part_set
from declared
order by total_id, part_id

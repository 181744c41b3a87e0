-- purpose: What is counted for which code is part of what is counted for which other: its parents,
--   the unions that it is a member of, the whole of a dimension, and trade for exports and imports
-- grain: one row a dimension, code, code around it and time for which that holds
-- units: none
-- column dimension: area, partner, product, flow, …
-- column code: the code inside
-- column kind: its kind; NULL where its list has none
-- column outer_code: the code around it
-- column since: first day on which it lies in that; NULL: since ever
-- column until: last day on which it does; NULL: to this day

with placed as (
    select dimensions.dimension, codes.*
    from (select unnest(dimensions()) as dimension) as dimensions
    inner join core.codes as codes on list_of(dimensions.dimension) = codes.list
    -- What passes a port or a customs district is not the trade of the area around it.
    where coalesce(codes.kind not in ('port', 'customs'), true)
),

-- The code for all of a dimension: what a record means that names none, or the world.
wholes as (
    select dimension, code
    from placed
    where
        code <> 'unstated'
        and (code = default_of(dimension) or kind = 'world')
),

around as (
    select
        placed.dimension,
        placed.code,
        placed.kind,
        ancestors.ancestor as outer_code,
        null::date as since,
        null::date as until
    from placed
    inner join core.code_ancestors as ancestors
        on placed.list = ancestors.list and placed.code = ancestors.code
    where ancestors.counts_within and list_contains(nesting_dimensions(), placed.dimension)

    union

    select placed.dimension, placed.code, placed.kind, wholes.code as outer_code, null, null
    from placed
    inner join wholes on placed.dimension = wholes.dimension
    where placed.code not in ('unstated', wholes.code)

    union

    select
        placed.dimension,
        placed.code,
        placed.kind,
        members.group_code as outer_code,
        members.since::date as since,
        members.until::date as until
    from placed
    inner join raw.members as members on placed.code = members.member
    inner join placed as groups
        on placed.dimension = groups.dimension and members.group_code = groups.code
    where
        list_of(placed.dimension) in ('areas', 'partners', 'geographies')
        -- A union of countries that reports may leave out what its members trade among themselves.
        and (list_of(placed.dimension) <> 'areas' or groups.kind <> 'group')

    union

    select placed.dimension, placed.code, placed.kind, legs.flow as outer_code, null, null
    from placed
    inner join core.flow_legs as legs on placed.code = legs.leg
    where placed.dimension = 'flow' and legs.is_sum
)

select dimension, code, kind, outer_code, since, until
from around
order by all

-- purpose: Which codes lie in which others, by the parents that the code lists name
-- grain: one row a code and a code that it lies in, the parent's parents included
-- units: none
-- column list: areas, products, regimes, …
-- column code: the code that lies in the other
-- column kind: its kind
-- column ancestor: a code that it lies in
-- column distance: 1 for its parent, 2 for its parent's parent, and so on
-- column counts_within: whether what is counted for the code is part of what is counted for the
--   ancestor

with recursive ancestors as (
    select
        list,
        code,
        kind,
        parent as ancestor,
        1 as distance
    from core.codes
    where parent is not null
    union all
    select
        ancestors.list,
        ancestors.code,
        ancestors.kind,
        codes.parent as ancestor,
        ancestors.distance + 1 as distance
    from ancestors
    inner join core.codes as codes
        on ancestors.list = codes.list and ancestors.ancestor = codes.code
    where codes.parent is not null
)

select
    list,
    code,
    kind,
    ancestor,
    distance,
    -- What passes a port or a customs district is not the trade of the area around it.
    coalesce(kind not in ('port', 'customs'), true) as counts_within
from ancestors
order by list, code, distance

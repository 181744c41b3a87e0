-- purpose: What the flows consist of: trade of exports and imports, the balance of exports less
--   imports
-- grain: one row a flow that is made of others, and one of these
-- units: none
-- column flow: the flow that is made of others
-- column leg: one that it is made of
-- column sign: 1 where it is added, -1 where it is taken away
-- column is_sum: whether all its legs are added: none can be above it
-- column legs: how many legs it has

select
    flow,
    leg,
    sign,
    min(sign) over (partition by flow) > 0 as is_sum,
    count(*) over (partition by flow) as legs
from raw.flow_legs
order by flow, sign desc, leg

-- purpose: The flow of a printed figure: itself, or exports and imports that make it up
-- grain: one row a flow, number of legs and leg
-- units: none
-- column flow: a figure's flow
-- column leg: the flow in the detail
-- column sign: 1 where the leg is added, -1 where it is taken away
-- column needed: how many legs make the flow up: 1, or 2

select distinct flow, flow as leg, 1 as sign, 1 as needed
from figures
union all
select flow, leg, sign, count(*) over (partition by flow) as needed
from composed_flows

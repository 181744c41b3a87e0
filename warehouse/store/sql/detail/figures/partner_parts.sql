-- purpose: What the partner of a printed figure is in the detail: itself, or the members of a group
-- grain: one row an area, partner, part and membership
-- units: none
-- column area: code of the reporting area of some figure
-- column partner: code of that figure's partner
-- column part: the partner itself, or a member of it
-- column made: reported for the partner itself, members for the sum of its members
-- column since: first day of the membership; NULL where it has none
-- column until: last day of the membership; NULL where it has none

select distinct
    area,
    partner,
    partner as part,
    'reported' as made,
    cast(null as date) as since,
    cast(null as date) as until
from figures
union
select
    figures.area,
    figures.partner,
    composition.part,
    'members' as made,
    composition.since,
    composition.until
from figures
inner join composition
    on composition.list = 'partners' and figures.partner = composition.code
where composition.part <> figures.area

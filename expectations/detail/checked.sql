-- purpose: What the rules on rows are evaluated on: the detail, with what its codes are known as
-- grain: one row a row of detail

select
    detail.*,
    areas.code as known_area,
    partners.code as known_partner,
    units.code as known_unit
from detail
left join (select distinct code from codes where list in ('areas', 'partners')) as areas
    on detail.area = areas.code
left join (select code from codes where list = 'partners') as partners on detail.partner = partners.code
left join (select code from codes where list = 'units' and kind = 'money') as units on detail.unit = units.code

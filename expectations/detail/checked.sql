-- purpose: What the rules on rows are evaluated on: the detail, with what its codes are known as
-- grain: one row a row of detail

select
    detail.*,
    areas.code as known_area,
    partners.code as known_partner,
    units.code as known_unit,
    flows.code as known_flow,
    products.is_hs
from detail
left join (select distinct code from codes where list in ('areas', 'partners')) as areas
    on detail.area = areas.code
left join (select code from codes where list = 'partners') as partners
    on detail.partner = partners.code
left join (select code from codes where list = 'flows') as flows
    on detail.flow = flows.code
left join (select code from codes where list = 'units' and kind = 'money') as units
    on detail.unit = units.code
-- Each product once: a pattern costs more than the whole pass over the rows.
left join (
    select
        product,
        regexp_matches(product, '^[0-9][0-9]+[A-Z]*$')
        and length(product) in (2, 4, 6, 8, 9, 10, 11, 12) as is_hs
    from (select distinct product from detail) as named
) as products on detail.product = products.product

-- id: product-not-above-the-product-around-it
-- severity: warning
-- statement: Trade in some goods is no more than trade in the goods they belong to, even where no source calls it a part.
-- formula: lo(V) ≤ hi(V of the product around it)
-- source: hierarchy of the code list products; ESS validation rule "total not below its components"

with recursive around as (
    select code as inner_code, parent as outer_code
    from core.codes
    where list = 'products' and parent is not null
    union all
    select around.inner_code, codes.parent as outer_code
    from around
    inner join core.codes as codes on codes.list = 'products' and around.outer_code = codes.code
    where codes.parent is not null
),

latest as (
    select figures.*
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.codes as measures on measures.list = 'measures' and measures.code = figures.measure
    where levels.is_latest and measures.additive and figures.flow in ('exports', 'imports', 'trade')
)

select
    [inside.figure_id, outside.figure_id] as figures,
    inside.figure_id || ' ' || inside.value_printed as left_side,
    inside.value_lower as left_lower,
    inside.value_upper as left_upper,
    '<=' as relation,
    'the product around it, ' || outside.figure_id || ' ' || outside.value_printed as right_side,
    outside.value_lower as right_lower,
    outside.value_upper as right_upper,
    inside.unit
from latest as inside
inner join around on inside.product = around.inner_code
inner join latest as outside
    on
        around.outer_code = outside.product
        and inside.area = outside.area
        and inside.partner = outside.partner
        and inside.flow = outside.flow
        and inside.regime = outside.regime
        and inside.operator = outside.operator
        and inside.measure = outside.measure
        and inside.unit = outside.unit
        and inside.period_start is not distinct from outside.period_start
        and inside.period_end = outside.period_end
where inside.part_of is distinct from outside.figure_id

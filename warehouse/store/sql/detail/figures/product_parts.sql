-- purpose: What the product of a printed figure is in the detail: the total of all products, the
--   chapters of the Harmonized System that it consists of, or itself where it consists of headings
-- grain: one row an area, product and part
-- units: none
-- column area: code of the reporting area of some figure
-- column product: code of that figure's product
-- column part: total, a chapter, or the product itself
-- column depth: how deep detail must go to hold any of it: total, chapters, or finer codes of the
--   chapter that is named

with printed as (
    select distinct area, product
    from figures
),

parts as (
    select
        printed.area,
        printed.product,
        composition.part as code,
        length(composition.part) = 2 as is_chapter
    from printed
    inner join composition
        on composition.list = 'products' and printed.product = composition.code
)

select area, product, 'total' as part, 'total' as depth
from printed
where product = 'total'
union
select area, product, code as part, 'chapters' as depth
from parts
where is_chapter
union
select area, product, product as part, min(left(code, 2)) as depth
from parts
where not is_chapter
group by area, product

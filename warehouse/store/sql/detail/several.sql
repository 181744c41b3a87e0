-- purpose: Chapters of one period whose codes are reported at several levels
-- grain: one row an area, flow, partner, regime, unit and chapter
-- units: none

select area, flow, partner, regime, unit, chapter
from cells
-- Most detail is all of one level, and need not be grouped to tell.
where level > 0 and (select count(distinct level) from cells where level > 0) > 1
group by area, flow, partner, regime, unit, chapter
having count(*) > 1

-- purpose: What the regime of a printed figure is in the detail: itself, or the regimes in it
-- grain: one row an area, regime and part
-- units: none
-- column area: code of the reporting area of some figure
-- column regime: code of that figure's regime
-- column part: the regime itself, or one that lies in it
-- column made: reported for the regime itself, members for the sum of those in it

select area, regime, regime as part, 'reported' as made
from figures
union
select figures.area, figures.regime, composition.part, 'members' as made
from figures
inner join composition on composition.list = 'regimes' and figures.regime = composition.code

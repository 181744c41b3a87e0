-- purpose: The newest vintage of every published fact; start here
-- grain: one row a series, unit and period
-- key: series, unit, period
-- fields: the last columns are those dimensions that a series names where they are stated
-- units: values in the base unit `unit` (CNY, USD, kg, piece, …); growth as fractions (0.203 is
--   20.3 %)
-- column area: code of the reporting area
-- column area_name: its name in the language of the project
-- column area_name_en: its name in English
-- column partner: code of the partner; WLD is all
-- column flow: exports, imports, trade (both), balance or none
-- column product: code of the goods; total is all
-- column regime: code of the customs regime; total is all
-- column operator: code of the kind of enterprise; total is all
-- column measure: value, weight, quantity, orders, …
-- column unit: base unit of the values
-- column period: 2020, 2020-03, 2020-01/2020-04, 2020-05-08 or ../2020-05-08
-- column period_start: first day
-- column period_end: last day
-- column value_printed: the value as printed
-- column value: the printed value
-- column value_lower: least value that is printed so; NULL with value_printed set: unbounded
-- column value_upper: greatest value that is printed so; NULL likewise
-- column growth_printed: the growth as printed
-- column growth: the printed growth
-- column growth_lower: least growth that is printed so
-- column growth_upper: greatest growth that is printed so
-- column growth_basis: which period the growth is measured from
-- column source_id: the source
-- column publisher: who published it
-- column published: when, as precisely as known: text, 2020, 2020-05 or 2020-05-09
-- column published_from: first day on which it can have been published
-- column published_to: last such day, so that `published_to <= date '2020-05-01'` is what was known
--   then
-- column level_id: figure_id that prints the value
-- column growth_id: figure_id that prints the growth
-- column series: area.partner.flow.product.regime.operator.measure, and .name=code for each further
--   dimension that is not at its default
-- column status: what the source says of the value: P provisional, E estimated, …; NULL: nothing
-- column confidentiality: whether and why the number is kept from the public; NULL where not said

select * exclude (is_latest)
from vintages
where is_latest
order by series, unit, period_end, period_start

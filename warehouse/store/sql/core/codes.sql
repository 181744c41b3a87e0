-- purpose: The code lists: what each code of the figures means
-- grain: one row a list and code
-- units: none
-- column list: areas, partners, flows, products, …: that of a dimension, or units, growth_bases,
--   observation_status or confidentiality
-- column code: the code
-- column name_en: its name in English, or in the language in which the list has one
-- column name_zh: its name in Chinese, or as name_en
-- column kind: nation, province, prefecture, county, zone, port, customs; country, group; …
-- column parent: code of what it lies in
-- column additive: of a measure: whether months add up to the year and parts to the total
-- column name: its name in the language of the project

select list, code, name_en, name_zh, kind, parent, additive, name
from raw.codes
order by list, code

-- purpose: Exports and imports of one source beside their trade or balance, as all three were a
--   year earlier: the bases that levels and growth imply
-- grain: one row a source, series but for its flow, unit, period and whole
-- units: base units
-- column whole: trade or balance
-- column exports_id: figure_id of the exports
-- column exports_printed: their level and growth as printed
-- column exports_lower: least base that these imply
-- column exports_upper: greatest such base
-- column imports_id: figure_id of the imports
-- column imports_printed: their level and growth as printed
-- column imports_lower: least base that these imply
-- column imports_upper: greatest such base
-- column whole_id: figure_id of the trade or balance
-- column whole_printed: its level and growth as printed
-- column whole_lower: least base that these imply
-- column whole_upper: greatest such base
-- column was_surplus: whether it was surely above zero a year earlier
-- column was_deficit: whether it was surely below
-- column turned_lower: of a deficit, the least base where the growth is above zero for one that
--   narrowed: publishers differ
-- column turned_upper: greatest such base
-- column unit: base unit

with wholes as (
    select 'trade' as whole, trade_id as whole_id, exports_id, imports_id, unit
    from core.flows
    union all
    select 'balance' as whole, balance_id as whole_id, exports_id, imports_id, unit
    from core.flows
)

select
    wholes.whole,
    wholes.exports_id,
    base_printed(exports.value_printed, exports.growth_printed) as exports_printed,
    exports_base.base_lower as exports_lower,
    exports_base.base_upper as exports_upper,
    wholes.imports_id,
    base_printed(imports.value_printed, imports.growth_printed) as imports_printed,
    imports_base.base_lower as imports_lower,
    imports_base.base_upper as imports_upper,
    wholes.whole_id,
    base_printed(figures.value_printed, figures.growth_printed) as whole_printed,
    base.base_lower as whole_lower,
    base.base_upper as whole_upper,
    figures.value_lower >= 0 and figures.growth_upper < 1 as was_surplus,
    figures.value_upper < 0 and figures.growth_lower > -1 as was_deficit,
    base_lower(figures.value_lower, - figures.growth_upper, - figures.growth_lower)
    as turned_lower,
    base_upper(figures.value_upper, - figures.growth_upper, - figures.growth_lower)
    as turned_upper,
    wholes.unit
from wholes
inner join core.figures as figures on wholes.whole_id = figures.figure_id
inner join core.figures as exports on wholes.exports_id = exports.figure_id
inner join core.figures as imports on wholes.imports_id = imports.figure_id
inner join core.growth as base on wholes.whole_id = base.figure_id
inner join core.growth as exports_base on wholes.exports_id = exports_base.figure_id
inner join core.growth as imports_base on wholes.imports_id = imports_base.figure_id
inner join core.codes as measures on measures.list = 'measures' and figures.measure = measures.code
where
    measures.additive
    and parts_add_up(figures.series)
    and exports.growth_basis = figures.growth_basis
    and imports.growth_basis = figures.growth_basis

-- id: exports-and-imports-sum-to-trade-on-bases
-- severity: error
-- statement: A year earlier, too, exports and imports added up to the trade total, as levels and growth imply.
-- formula: [lo(E)/b_E, hi(E)/a_E] + [lo(I)/b_I, hi(I)/a_I] meets [lo(W)/b_W, hi(W)/a_W]
-- source: IMTS 2010, ch. II; implied bases as in growth-agrees-with-levels

select
    [exports.figure_id, imports.figure_id, whole.figure_id] as figures,
    exports.figure_id || ' ' || exports.value_printed || ' ÷ (1 + ' || exports.growth_printed || ') + '
    || imports.figure_id || ' ' || imports.value_printed || ' ÷ (1 + ' || imports.growth_printed
    || ')' as left_side,
    exports_base.base_lower + imports_base.base_lower as left_lower,
    exports_base.base_upper + imports_base.base_upper as left_upper,
    '=' as relation,
    whole.figure_id || ' ' || whole.value_printed || ' ÷ (1 + ' || whole.growth_printed
    || ')' as right_side,
    whole_base.base_lower as right_lower,
    whole_base.base_upper as right_upper,
    flows.unit
from core.flows as flows
inner join core.figures as exports on flows.exports_id = exports.figure_id
inner join core.figures as imports on flows.imports_id = imports.figure_id
inner join core.figures as whole on flows.trade_id = whole.figure_id
inner join core.growth as exports_base on exports.figure_id = exports_base.figure_id
inner join core.growth as imports_base on imports.figure_id = imports_base.figure_id
inner join core.growth as whole_base on whole.figure_id = whole_base.figure_id
inner join core.codes as measures on measures.list = 'measures' and whole.measure = measures.code
where
    measures.additive
    and exports.growth_basis = whole.growth_basis
    and imports.growth_basis = whole.growth_basis

-- id: exports-and-imports-sum-to-trade
-- severity: error
-- statement: Exports and imports of the same area, goods and period add up to the trade total.
-- formula: |T − (E + I)| ≤ (u_T + u_E + u_I) / 2
-- source: IMTS 2010, ch. II; China Customs statistics (进出口 = 出口 + 进口)

select
    list_filter(
        [flows.exports_id, flows.imports_id, flows.trade_id], lambda id : id is not null
    ) as figures,
    coalesce(exports.figure_id || ' ' || exports.value_printed, 'exports (not printed)') || ' + '
    || coalesce(imports.figure_id || ' ' || imports.value_printed, 'imports (not printed)')
    as left_side,
    exports.value_lower + imports.value_lower as left_lower,
    exports.value_upper + imports.value_upper as left_upper,
    '=' as relation,
    coalesce(trade.figure_id || ' ' || trade.value_printed, 'trade (not printed)') as right_side,
    trade.value_lower as right_lower,
    trade.value_upper as right_upper,
    flows.unit
from core.flows as flows
left join core.figures as exports on flows.exports_id = exports.figure_id
left join core.figures as imports on flows.imports_id = imports.figure_id
left join core.figures as trade on flows.trade_id = trade.figure_id
inner join core.codes as measures
    on
        measures.list = 'measures'
        and coalesce(exports.measure, imports.measure, trade.measure) = measures.code
where measures.additive and parts_add_up(flows.series) and len(figures) > 1

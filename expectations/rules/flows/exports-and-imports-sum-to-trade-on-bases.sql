-- id: exports-and-imports-sum-to-trade-on-bases
-- severity: error
-- statement: A year earlier, too, exports and imports added up to the trade total, as levels and
--   growth imply.
-- formula: [lo(E)/b_E, hi(E)/a_E] + [lo(I)/b_I, hi(I)/a_I] meets [lo(W)/b_W, hi(W)/a_W]
-- source: IMTS 2010, ch. II; implied bases as in growth-agrees-with-levels

select
    [exports_id, imports_id, whole_id] as figures,
    exports_id || ' ' || exports_printed || ' + '
    || imports_id || ' ' || imports_printed as left_side,
    exports_lower + imports_lower as left_lower,
    exports_upper + imports_upper as left_upper,
    '=' as relation,
    whole_id || ' ' || whole_printed as right_side,
    whole_lower as right_lower,
    whole_upper as right_upper,
    unit
from flow_bases
where whole = 'trade'

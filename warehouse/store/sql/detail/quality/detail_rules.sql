-- purpose: The rules on customs detail in words, and how often each was checked, passed, failed or
--   could not be checked
-- grain: one row a rule
-- units: counts of checks; checked = passed + failed
-- column rule_id: the rule
-- column scope: rows, period, all (periods together) or figures (printed ones)
-- column severity: of its findings: error or warning; revision, by how far off; excess, an error
--   where parts are more than their whole, or else a warning
-- column statement: what must hold, in a sentence
-- column formula: the same as a formula
-- column source: where the rule comes from
-- column checked: checks made
-- column passed: of these, passed
-- column failed: of these, failed
-- column not_checkable: checks that lack a number

select rule_id, scope, severity, statement, formula, source, checked, passed, failed, not_checkable
from evaluated_rules

-- purpose: Arithmetic on the ends of intervals: products and quotients of levels exact, ratios by
--   float, all rounded outward; and what rules say in the same words
-- grain: temporary macros, there while a release is built and not part of it
-- units: amount DECIMAL(38, 6) by factor DECIMAL(21, 10) gives DECIMAL(38, 6); an end too large for
--   its type is NULL: unbounded

create or replace temp macro quotient_down(amount, factor) as (
    (
        ((amount * 1000000)::hugeint * 10000000000) // (factor * 10000000000)::hugeint
        - case
            when amount < 0
                and (
                    ((amount * 1000000)::hugeint * 10000000000) % (factor * 10000000000)::hugeint
                ) <> 0
                then 1
            else 0
        end
    )::decimal(38, 0) * 0.000001::decimal(7, 6)
)::decimal(38, 6);

create or replace temp macro quotient_up(amount, factor) as - quotient_down(- amount, factor);

-- The base that a level and its growth imply: level over factor. NULL where the factor may be
-- zero or less, or an end is unbounded.
create or replace temp macro base_lower(level_lower, growth_lower, growth_upper) as case
    when growth_lower > -1 and level_lower >= 0 then quotient_down(level_lower, 1 + growth_upper)
    when growth_lower > -1 then quotient_down(level_lower, 1 + growth_lower)
end;

create or replace temp macro base_upper(level_upper, growth_lower, growth_upper) as case
    when growth_lower > -1 and level_upper >= 0 then quotient_up(level_upper, 1 + growth_lower)
    when growth_lower > -1 then quotient_up(level_upper, 1 + growth_upper)
end;

-- The product of two numbers, a level and a factor. NULL where it is too large for its type.
create or replace temp macro product_down(amount, factor) as try((
    (
        ((amount * 1000000)::hugeint * (factor * 10000000000)::hugeint) // 10000000000
        - case
            when
                (amount < 0) <> (factor < 0)
                and (
                    ((amount * 1000000)::hugeint * (factor * 10000000000)::hugeint) % 10000000000
                ) <> 0
                then 1
            else 0
        end
    )::decimal(38, 0) * 0.000001::decimal(7, 6)
)::decimal(38, 6));

-- The lesser of two ends. NULL, which is unbounded, where either is: least() would pass over it.
create or replace temp macro lesser(a, b) as case when a <= b then a when b < a then b end;

-- The product of two intervals, a level and a factor, of which any end may be negative: what is
-- printed 0.0 may be a little less than nothing. Least and greatest are products of two ends, and
-- the signs say which. NULL where an end that decides is unbounded.
create or replace temp macro product_lower(
    level_lower, level_upper, factor_lower, factor_upper
) as case
    when level_lower >= 0 and factor_lower >= 0 then product_down(level_lower, factor_lower)
    when level_upper <= 0 and factor_upper <= 0 then product_down(level_upper, factor_upper)
    when level_lower >= 0 or factor_upper <= 0 then product_down(level_upper, factor_lower)
    when factor_lower >= 0 or level_upper <= 0 then product_down(level_lower, factor_upper)
    else lesser(product_down(level_lower, factor_upper), product_down(level_upper, factor_lower))
end;

create or replace temp macro product_upper(
    level_lower, level_upper, factor_lower, factor_upper
) as
- product_lower(- level_upper, - level_lower, factor_lower, factor_upper);

-- The level that a base and its growth imply. Nothing shrinks by more than all of it, whether the
-- growth is printed -100.0 % or 下降超20%.
create or replace temp macro grown_lower(
    level_lower, level_upper, growth_lower, growth_upper
) as product_lower(level_lower, level_upper, 1 + greatest(growth_lower, -1), 1 + growth_upper);

create or replace temp macro grown_upper(
    level_lower, level_upper, growth_lower, growth_upper
) as product_upper(level_lower, level_upper, 1 + greatest(growth_lower, -1), 1 + growth_upper);

-- The ratio of an amount to a whole that is above zero, to ten places. NULL where it may not be.
-- Floats err by less than what is taken off.
create or replace temp macro floored(scaled) as floor(scaled - abs(scaled) * 1e-14 - 1e-4) / 1e10;

create or replace temp macro ratio_down(amount, whole_lower, whole_upper) as try_cast(
    case
        when amount < 0 and whole_lower > 0
            then floored(amount::double / whole_lower::double * 1e10)
        when amount >= 0 and whole_upper > 0
            then floored(amount::double / whole_upper::double * 1e10)
    end as decimal(38, 10)
);

create or replace temp macro ratio_up(amount, whole_lower, whole_upper) as
- ratio_down(- amount, whole_lower, whole_upper);

-- The year in which the fiscal year began that a day lies in; years begin in that month.
create or replace temp macro fiscal_year_of(day, first_month) as
year((day - to_months(first_month - 1))::date);

-- That of the project.
create or replace temp macro fiscal_year(day) as fiscal_year_of(day, fiscal_year_start());

-- Whether a fiscal year begins on a day.
create or replace temp macro begins_year(day, first_month) as
fiscal_year_of(day, first_month) > fiscal_year_of(day - 1, first_month);

-- The sum of numbers that are all known. NULL where one is not: sum() would pass over it.
create or replace temp macro known_sum(number) as
case when count(*) = count(number) then sum(number) end;

-- Whether two intervals may have a number in common: an end that is NULL is unbounded.
create or replace temp macro may_meet(lower_end, upper_end, other_lower, other_upper) as
coalesce(lower_end <= other_upper, true) and coalesce(other_lower <= upper_end, true);

-- A base as the printed level and growth imply it, in words: 5.0亿元 ÷ (1 + 2.0%).
create or replace temp macro base_printed(level_printed, growth_printed) as
level_printed || ' ÷ (1 + ' || growth_printed || ')';

-- The code of a dimension in a series. NULL where the series does not name it: it is the default.
create or replace temp macro code_in(series, dimension) as split_part(
    list_filter(
        string_split(series, '.'),
        lambda code, place : place = list_position(series_dimensions(), dimension)
        or starts_with(code, dimension || '=')
    )[1],
    '=',
    -1
);

-- The dimensions in which two series differ.
create or replace temp macro differing(series, other) as list_filter(
    dimensions(),
    lambda dimension : code_in(series, dimension) is distinct from code_in(other, dimension)
);

-- A series but for these dimensions: two that differ in nothing else are the same.
create or replace temp macro series_but(series, without) as array_to_string(
    list_transform(
        list_filter(
            string_split(series, '.'),
            lambda code : not contains(code, '=')
            or not list_contains(without, split_part(code, '=', 1))
        ),
        lambda code, place : case
            when list_contains(without, series_dimensions()[place]) then '*' else code
        end
    ),
    '.'
);

-- A series with another code of one of the dimensions that it names.
create or replace temp macro series_with(series, dimension, code) as array_to_string(
    list_filter(
        list_transform(
            string_split(series, '.'),
            lambda part, place : case
                when series_dimensions()[place] = dimension then code
                when not starts_with(part, dimension || '=') then part
                when code <> default_of(dimension) then dimension || '=' || code
            end
        ),
        lambda part : part is not null
    ),
    '.'
);

-- Whether values of a series that follow each other add up: not where seasons are taken out of it,
-- or averages made of it.
create or replace temp macro adds_up_over_time(series) as
not list_has_any(string_split(series, '.'), unadded_codes());

-- Whether parts of a series add up to it: chained volumes do not.
create or replace temp macro parts_add_up(series) as
not list_has_any(string_split(series, '.'), unadded_parts());

-- Whether two series are counted by the same definition: basis, adjustment, valuation, ….
create or replace temp macro same_definition(series, other) as
case
    -- A definition is named in a series; most name none, and need not be taken apart.
    when contains(series, '=') or contains(other, '=')
        then len(list_intersect(differing(series, other), definition_dimensions())) = 0
    else true
end;

-- purpose: Exact arithmetic on the ends of intervals: quotients rounded outward, never through a float
-- grain: temporary macros, there while a release is built and not part of it
-- units: amount DECIMAL(38, 6) over factor DECIMAL(21, 10) > 0 gives DECIMAL(38, 6)

create or replace temp macro quotient_down(amount, factor) as (
    (
        ((amount * 1000000)::hugeint * 10000000000) // (factor * 10000000000)::hugeint
        - case
            when amount < 0
                and ((amount * 1000000)::hugeint * 10000000000) % (factor * 10000000000)::hugeint <> 0
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

-- The ratio of one amount to another that is above zero, to ten places. NULL otherwise.
create or replace temp macro ratio_down(amount, whole) as case
    when whole > 0 then floor(amount::double / whole::double * 1e10 - 1e-4) / 1e10
end::decimal(18, 10);

create or replace temp macro ratio_up(amount, whole) as case
    when whole > 0 then ceil(amount::double / whole::double * 1e10 + 1e-4) / 1e10
end::decimal(18, 10);

-- The same day a year earlier; the last day of a month stays the last day of its month.
create or replace temp macro year_before(day) as case
    when day = last_day(day) then last_day((day - interval 1 year)::date)
    else (day - interval 1 year)::date
end;

"""When timers are due: texts of strangers, calendars, clock changes, missed firings."""

import itertools
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.errors import Invalid
from orchestrator.domain.timer import (
    CatchUp,
    Due,
    Duration,
    due_at,
    first_due,
    is_wanted,
    next_due,
    parse_cycle,
    parse_date,
    parse_duration,
)
from orchestrator.domain.zones import resolve, zone_named

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)


def wall(zone: ZoneInfo, *numbers: int, fold: int = 0) -> datetime:
    return datetime(*numbers, tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-08-01T09:00:00Z", utc(2026, 8, 1, 9)),
        ("2026-08-01T09:00Z", utc(2026, 8, 1, 9)),
        ("2026-08-01T09:00:00+02:00", utc(2026, 8, 1, 7)),
        ("2026-08-01T09:00:00-0330", utc(2026, 8, 1, 12, 30)),
        ("2026-08-01T09:00:00.25Z", utc(2026, 8, 1, 9, 0, 0, 250_000)),
        ("2026-08-01T09:00:00.123456789Z", utc(2026, 8, 1, 9, 0, 0, 123_456)),
        ("2026-08-01T09:00:00[Europe/Berlin]", utc(2026, 8, 1, 7)),
        ("2026-01-01T09:00:00+01:00[Europe/Berlin]", utc(2026, 1, 1, 8)),
        ("2026-03-29T02:30:00[Europe/Berlin]", utc(2026, 3, 29, 1)),
        ("2026-10-25T02:30:00[Europe/Berlin]", utc(2026, 10, 25, 0, 30)),
        (" 2026-08-01T09:00:00Z ", utc(2026, 8, 1, 9)),
    ],
)
def test_a_date_with_a_zone_is_an_instant(text, expected) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-08-01",
        "2026-08-01T09:00:00",
        "2026-02-30T09:00:00Z",
        "2026-08-01T25:00:00Z",
        "2026-08-01T09:00:60Z",
        "2026-08-01T09:00:00[Mars/Olympus]",
        "2026-08-01T09:00:00Z[../../etc/passwd]",
        "2026-08-01T09:00:00+99:00",
        "0001-01-01T00:00:00+10:00",
        "0000-01-01T00:00:00Z",
        "tomorrow",
        "\uff12026-08-01T09:00:00Z",
    ],
)
def test_a_text_that_is_no_date_with_a_zone_is_refused(text) -> None:
    with pytest.raises(Invalid):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT10S", Duration(time=timedelta(seconds=10))),
        ("PT0.5S", Duration(time=timedelta(milliseconds=500))),
        ("PT0,25S", Duration(time=timedelta(milliseconds=250))),
        ("PT1.5H", Duration(time=timedelta(minutes=90))),
        ("P1DT12H", Duration(days=1, time=timedelta(hours=12))),
        ("P0.5D", Duration(time=timedelta(hours=12))),
        ("P2W", Duration(days=14)),
        ("P1Y2M3D", Duration(months=14, days=3)),
        ("-PT10S", Duration(time=timedelta(seconds=-10))),
        ("PT-10S", Duration(time=timedelta(seconds=-10))),
        ("P0D", Duration()),
        ("pt1m", Duration(time=timedelta(minutes=1))),
    ],
)
def test_a_duration_keeps_months_days_and_time_apart(text, expected) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "P1", "1D", "xyzT5S", "P1DT", "P0.5Y", "P1.5M", "PT1.5H30M", "PT10", "P1H", "PTS", "P-",
        "P999999999Y", "P999999999999D", "PT999999999999H", "P1Y1Y", "PT10S ago", "P\u0661D", "10", "PT1H1D", "P-T1S",
    ],
)  # fmt: skip
def test_a_text_that_is_no_duration_is_refused(text) -> None:
    with pytest.raises(Invalid):
        parse_duration(text)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ((2026, 1, 31), "P1M", (2026, 2, 28)),
        ((2024, 1, 31), "P1M", (2024, 2, 29)),
        ((2024, 2, 29), "P1Y", (2025, 2, 28)),
        ((2024, 2, 29), "P4Y", (2028, 2, 29)),
        ((2026, 8, 31), "P1M", (2026, 9, 30)),
        ((2026, 3, 31), "P-1M", (2026, 2, 28)),
        ((2026, 12, 31), "P2M", (2027, 2, 28)),
        ((2026, 1, 31), "P1M1D", (2026, 3, 1)),
        ((2026, 1, 31), "P13M", (2027, 2, 28)),
    ],
)
def test_a_day_that_a_month_lacks_becomes_its_last(start, duration, expected) -> None:
    assert parse_duration(duration).after(utc(*start), UTC_ZONE) == utc(*expected)


@pytest.mark.parametrize(
    ("zone", "start", "duration", "expected"),
    [
        (BERLIN, (2026, 3, 28, 2, 30), "P1D", utc(2026, 3, 29, 1)),
        (BERLIN, (2026, 3, 28, 12, 0), "P1D", wall(BERLIN, 2026, 3, 29, 12)),
        (BERLIN, (2026, 3, 28, 12, 0), "PT24H", wall(BERLIN, 2026, 3, 29, 13)),
        (BERLIN, (2026, 10, 24, 2, 30), "P1D", wall(BERLIN, 2026, 10, 25, 2, 30, fold=0)),
        (BERLIN, (2026, 9, 25, 2, 30), "P1M", wall(BERLIN, 2026, 10, 25, 2, 30, fold=0)),
        (BERLIN, (2026, 2, 28, 2, 30), "P29D", utc(2026, 3, 29, 1)),
        (BERLIN, (2026, 10, 24, 2, 30), "P1DT1H", wall(BERLIN, 2026, 10, 25, 2, 30, fold=1)),
        (ZoneInfo("America/New_York"), (2026, 3, 7, 2, 15), "P1D", utc(2026, 3, 8, 7)),
        (ZoneInfo("America/New_York"), (2026, 10, 31, 1, 15), "P1D", utc(2026, 11, 1, 5, 15)),
        (ZoneInfo("Australia/Lord_Howe"), (2026, 10, 3, 2, 10), "P1D", utc(2026, 10, 3, 15, 30)),
        (ZoneInfo("Pacific/Apia"), (2011, 12, 29, 9, 0), "P1D", utc(2011, 12, 30, 10)),
        (ZoneInfo("Asia/Kolkata"), (2026, 3, 28, 2, 30), "P1D", utc(2026, 3, 28, 21)),
    ],
)
def test_days_and_months_keep_the_time_of_day_across_clock_changes(zone, start, duration, expected) -> None:
    assert parse_duration(duration).after(wall(zone, *start), zone) == expected


@given(
    moment=st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
    months=st.integers(-600, 600),
    days=st.integers(-4000, 4000),
    seconds=st.integers(-1_000_000, 1_000_000),
)
def test_calendar_arithmetic_agrees_with_dateutil(moment, months, days, seconds) -> None:
    relativedelta = pytest.importorskip("dateutil.relativedelta").relativedelta
    start = moment.replace(tzinfo=UTC)

    ours = Duration(months=months, days=days, time=timedelta(seconds=seconds)).after(start, UTC_ZONE)

    assert ours == start + relativedelta(months=months) + timedelta(days=days, seconds=seconds)


@given(
    moment=st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2035, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_a_resolved_wall_time_exists_and_is_never_before_what_was_asked(moment, zone) -> None:
    named = zone_named(zone)
    shown = resolve(moment, named).astimezone(named).replace(tzinfo=None)

    assert shown >= moment
    assert shown - moment <= timedelta(hours=1)


def test_a_zone_that_nobody_knows_is_refused() -> None:
    for name in ("", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "a" * 300, "\0"):
        with pytest.raises(Invalid):
            zone_named(name)


def dues(text: str, now: datetime, zone: ZoneInfo = UTC_ZONE, *, number: int = 10) -> list[Due]:
    cycle = parse_cycle(text)
    found: list[Due] = []
    due: Due | None = first_due(cycle, now, zone)
    while due is not None and len(found) < number:
        found.append(due)
        due = next_due(cycle, due, due.at, zone)
    return found


def test_a_finite_cycle_fires_as_often_as_it_says() -> None:
    assert dues("R3/PT10S", NOON) == [Due(NOON + timedelta(seconds=10 * beat), 4 - beat) for beat in (1, 2, 3)]


def test_an_endless_cycle_goes_on() -> None:
    assert [due.at for due in dues("R/PT1H", NOON, number=30)] == [NOON + timedelta(hours=n + 1) for n in range(30)]
    assert dues("R-1/PT1H", NOON, number=1) == dues("R/PT1H", NOON, number=1)


def test_a_cycle_with_a_start_begins_there_and_keeps_the_day_of_the_month() -> None:
    found = [due.at for due in dues("R4/2026-03-31T08:00:00Z/P1M", NOON)]

    assert found == [utc(2026, 3, 31, 8), utc(2026, 4, 30, 8), utc(2026, 5, 31, 8), utc(2026, 6, 30, 8)]


def test_a_cycle_that_began_in_the_past_drops_what_has_passed() -> None:
    assert dues("R5/2026-03-08T00:00:00Z/P1D", NOON) == [Due(utc(2026, 3, 11), 2), Due(utc(2026, 3, 12), 1)]
    assert dues("R/2020-01-01T00:00:00Z/PT1S", NOON, number=1) == [Due(NOON, None)]
    assert dues("R2/2020-01-01T00:00:00Z/P1D", NOON) == [Due(NOON, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "", "R3", "R3/", "R3/P", "R0/PT1S", "R-2/PT1S", "R3/PT0S", "R/PT-1S", "R3/PT1S/PT1S", "R99999999999/PT1S",
        "R/2026-01-01T00:00:00/P1D", "R1.5/PT1S", "R/P1M-40D",
    ],
)  # fmt: skip
def test_a_text_that_is_no_cycle_is_refused(text) -> None:
    with pytest.raises(Invalid):
        parse_cycle(text)


def test_late_firings_of_a_cycle_do_not_drift() -> None:
    cycle = parse_cycle("R/PT1M")

    late = next_due(cycle, Due(NOON, None), NOON + timedelta(seconds=20), UTC_ZONE)

    assert late == Due(NOON + timedelta(minutes=1), None)


def test_a_finite_cycle_makes_up_for_every_missed_firing() -> None:
    cycle, hours_later = parse_cycle("R5/PT1H"), NOON + timedelta(hours=3, minutes=30)

    assert next_due(cycle, Due(NOON, 5), hours_later, UTC_ZONE) == Due(NOON + timedelta(hours=1), 4)


def test_an_endless_cycle_makes_up_for_missed_firings_once() -> None:
    cycle, hours_later = parse_cycle("R/PT1S"), NOON + timedelta(hours=3, milliseconds=500)

    assert next_due(cycle, Due(NOON, None), hours_later, UTC_ZONE) == Due(NOON + timedelta(hours=3, seconds=1), None)


def test_what_is_to_be_made_up_for_can_be_said() -> None:
    finite, endless, later = parse_cycle("R9/PT1H"), parse_cycle("R/PT1H"), NOON + timedelta(hours=3, minutes=30)

    assert next_due(finite, Due(NOON, 9), later, UTC_ZONE, catch_up=CatchUp.ONCE) == Due(NOON + timedelta(hours=4), 5)
    assert next_due(finite, Due(NOON, 3), later, UTC_ZONE, catch_up=CatchUp.ONCE) is None
    assert next_due(endless, Due(NOON, None), later, UTC_ZONE, catch_up=CatchUp.ALL) == Due(
        NOON + timedelta(hours=1), None
    )
    assert not is_wanted(NOON, later, endless, UTC_ZONE, CatchUp.SKIP)
    assert is_wanted(NOON, NOON + timedelta(minutes=30), endless, UTC_ZONE, CatchUp.SKIP)
    assert is_wanted(NOON, later, endless, UTC_ZONE, CatchUp.ONCE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/10 * * * * *", [utc(2026, 3, 10, 12, 0, 10), utc(2026, 3, 10, 12, 0, 20)]),
        ("0 * * * * *", [utc(2026, 3, 10, 12, 1), utc(2026, 3, 10, 12, 2)]),
        ("* * * * *", [utc(2026, 3, 10, 12, 1), utc(2026, 3, 10, 12, 2)]),
        ("0 0 9 * * MON-FRI", [utc(2026, 3, 11, 9), utc(2026, 3, 12, 9), utc(2026, 3, 13, 9), utc(2026, 3, 16, 9)]),
        ("0 0 9 * * FRI-MON", [utc(2026, 3, 13, 9), utc(2026, 3, 14, 9), utc(2026, 3, 15, 9), utc(2026, 3, 16, 9)]),
        ("0 0 0 13 * FRI", [utc(2026, 3, 13), utc(2026, 11, 13)]),
        ("0 0 0 L * ?", [utc(2026, 3, 31), utc(2026, 4, 30)]),
        ("0 0 0 L-3 * *", [utc(2026, 3, 28), utc(2026, 4, 27)]),
        ("0 0 0 LW * *", [utc(2026, 3, 31), utc(2026, 4, 30), utc(2026, 5, 29)]),
        ("0 0 0 1W * *", [utc(2026, 4, 1), utc(2026, 5, 1), utc(2026, 6, 1), utc(2026, 7, 1), utc(2026, 8, 3)]),
        ("0 0 0 ? * MON#2", [utc(2026, 4, 13), utc(2026, 5, 11)]),
        ("0 0 0 * * 5L", [utc(2026, 3, 27), utc(2026, 4, 24)]),
        ("0 0 0 * * 7", [utc(2026, 3, 15), utc(2026, 3, 22)]),
        ("0 0 0 29 2 *", [utc(2028, 2, 29), utc(2032, 2, 29)]),
        ("0 15,45 8-9 * JAN,dec *", [utc(2026, 12, 1, 8, 15), utc(2026, 12, 1, 8, 45), utc(2026, 12, 1, 9, 15)]),
        ("30 10/20 1 * * *", [utc(2026, 3, 11, 1, 10, 30), utc(2026, 3, 11, 1, 30, 30), utc(2026, 3, 11, 1, 50, 30)]),
        ("@daily", [utc(2026, 3, 11), utc(2026, 3, 12)]),
        ("@hourly", [utc(2026, 3, 10, 13), utc(2026, 3, 10, 14)]),
    ],
)
def test_cron_expressions_have_six_fields_and_both_day_fields_count(text, expected) -> None:
    assert [due.at for due in dues(text, NOON, number=len(expected))] == expected


@pytest.mark.parametrize(
    "text",
    [
        "*", "* * * *", "60 * * * * *", "* 60 * * * *", "* * 24 * * *", "* * * 0 * *", "* * * * 13 *", "* * * * * 8",
        "0 0 0 30 2 *", "a b c d e f", "*/0 * * * * *", "5-1 * * * * *", "* * * * * MON#6", "0 0 0 ,1 * *", "@often",
        "* * * * * L", "1" * 300 + " * * * * *", "0 0 0 ² * *",
    ],
)  # fmt: skip
def test_a_text_that_is_no_cron_expression_is_refused(text) -> None:
    with pytest.raises(Invalid):
        parse_cycle(text)


def test_a_daily_cron_time_that_does_not_exist_fires_at_the_next_instant() -> None:
    found = [due.at for due in dues("0 30 2 * * *", wall(BERLIN, 2026, 3, 27, 12), BERLIN, number=3)]

    assert found == [wall(BERLIN, 2026, 3, 28, 2, 30), utc(2026, 3, 29, 1), wall(BERLIN, 2026, 3, 30, 2, 30)]


def test_a_daily_cron_time_that_comes_twice_fires_the_first_time() -> None:
    found = [due.at for due in dues("0 30 2 * * *", wall(BERLIN, 2026, 10, 24, 12), BERLIN, number=2)]

    assert found == [utc(2026, 10, 25, 0, 30), wall(BERLIN, 2026, 10, 26, 2, 30)]


@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25)])
def test_a_cron_for_every_hour_follows_the_hours_that_pass(day) -> None:
    found = [due.at for due in dues("0 0 * * * *", wall(BERLIN, *day, 0, 30), BERLIN, number=6)]

    assert {later - earlier for earlier, later in itertools.pairwise(found)} == {timedelta(hours=1)}


def test_an_endless_cron_fires_once_for_a_long_pause() -> None:
    cron = parse_cycle("0 * * * * *")

    assert next_due(cron, Due(NOON, None), NOON + timedelta(hours=5), UTC_ZONE) == Due(
        NOON + timedelta(hours=5, minutes=1), None
    )


@given(
    now=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
    expression=st.sampled_from(["*/7 * * * * *", "0 */13 * * * *", "0 30 1-3 * * *", "15 0 2 L * *", "0 0 0 * * 1"]),
    zone=st.sampled_from([BERLIN, UTC_ZONE, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]),
)
def test_cron_is_always_later_and_never_steps_back(now, expression, zone) -> None:
    cron = parse_cycle(expression)
    first = first_due(cron, now.replace(tzinfo=UTC), zone)
    second = next_due(cron, first, first.at, zone)

    assert second is not None
    assert now.replace(tzinfo=UTC) < first.at < second.at


def test_a_timer_of_any_kind_is_due_in_utc() -> None:
    now = NOON.astimezone(timezone(timedelta(hours=5)))

    assert due_at("date", "2020-01-01T00:00:00Z", now, UTC_ZONE) == Due(utc(2020, 1, 1))
    assert due_at("duration", "PT5M", now, UTC_ZONE) == Due(NOON + timedelta(minutes=5))
    assert due_at("duration", "PT-5M", now, UTC_ZONE) == Due(NOON)
    assert due_at("cycle", "R2/PT5M", now, UTC_ZONE) == Due(NOON + timedelta(minutes=5), 2)
    with pytest.raises(Invalid):
        due_at("moon", "PT5M", now, UTC_ZONE)


def test_a_timer_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(Invalid):
        parse_duration("P1000Y").after(utc(9500, 1, 1), UTC_ZONE)
    with pytest.raises(Invalid):
        next_due(parse_cycle("R/P999Y"), Due(utc(9900, 1, 1), None), NOON, UTC_ZONE)

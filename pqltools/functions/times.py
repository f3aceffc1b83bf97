"""What can be asked of timestamps and dates?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Date and time"
_EVE = {
    "person": {"birthDate": "1990-03-31"},
    "xEvent": [{"timestamp": "2024-02-29T23:59:00Z"}, {"timestamp": "2024-03-14T08:00:00+02:00"}],
}
_UTC = "All calendar arithmetic is in UTC."

FUNCTIONS = (
    Function(
        _CATEGORY,
        "currentMonth(): Integer",
        f"""The month of the instant of evaluation, 1 to 12. {_UTC}""",
        Example("currentMonth()", "Integer", 3),
        Example("person.birthDate.getMonth() = currentMonth()", "Boolean", True, _EVE),
    ),
    Function(
        _CATEGORY,
        "getMonth(time: Time): Integer",
        f"""The month of a timestamp or date, 1 to 12.

Null if there is none. {_UTC}""",
        Example("person.birthDate.getMonth()", "Integer", 3, _EVE),
        Example("xEvent.head().timestamp.getMonth()", "Integer", 2, _EVE),
    ),
    Function(
        _CATEGORY,
        "currentYear(): Integer",
        f"""The year of the instant of evaluation. {_UTC}""",
        Example("currentYear()", "Integer", 2024),
        Example("currentYear() - person.birthDate.getYear() >= 18", "Boolean", True, _EVE),
    ),
    Function(
        _CATEGORY,
        "getYear(time: Time): Integer",
        f"""The year of a timestamp or date.

Null if there is none. {_UTC}""",
        Example("person.birthDate.getYear()", "Integer", 1990, _EVE),
        Example("person.birthDate.getYear() in [1989, 1990]", "Boolean", True, _EVE),
    ),
    Function(
        _CATEGORY,
        "currentDayOfMonth(): Integer",
        f"""The day of the month of the instant of evaluation, from 1. {_UTC}""",
        Example("currentDayOfMonth()", "Integer", 15),
        Example("currentDayOfMonth() <= 7", "Boolean", False),
    ),
    Function(
        _CATEGORY,
        "getDayOfMonth(time: Time): Integer",
        f"""The day of the month of a timestamp or date, from 1.

Null if there is none. {_UTC}""",
        Example("person.birthDate.getDayOfMonth()", "Integer", 31, _EVE),
        Example("xEvent[timestamp.getDayOfMonth() = 14].count()", "Integer", 1, _EVE),
    ),
    Function(
        _CATEGORY,
        "date(year: Integer, month: Integer, day: Integer): Date",
        """A day, from integers; month and day count from 1.

A date is an interval of a whole day in UTC, not an instant.""",
        Example("date(2024, 3, 14)", "Date", "2024-03-14"),
        Example("xEvent[timestamp occurs date(2024, 3, 14)].count()", "Integer", 1, _EVE),
    ),
    Function(
        _CATEGORY,
        "occurs(time: Time, window: Any): Boolean",
        """True if an instant lies in a window of time.

The window is an interval (`today`, `this month`, `date(2024, 3, 14)`), a relation to one (`before now`,
`<= 30 days before now`, `> 1 year after yesterday`), or `between` two of them. False if the time is missing. A date on
the left counts as its first instant (our decision). It is a form of its own, not a function that can be called.""",
        Example("xEvent[timestamp occurs <= 7 days before now].count()", "Integer", 1, _EVE),
        Example("xEvent.head().timestamp occurs last month", "Boolean", True, _EVE),
        operator="time occurs window",
    ),
)

"""What is meant by a function that PQL does not have?  Names of neighbouring languages, and what PQL has instead."""

from __future__ import annotations

from pqltools.functions.registry import functions
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Kind: TypeAlias = Literal["case", "personalization", "foreign"]


@record
class Advice(Record):
    """What can be said about an unknown name.

    `kind`: ``case`` is a function of PQL in other letters, ``personalization`` one of Journey Optimizer's templates,
    which segments do not accept, ``foreign`` a habit from elsewhere. `use` is a function of PQL that takes the same
    arguments, if there is one, and `help` the cure in words, if there is any.
    """

    kind: Kind
    use: str | None
    help: str | None


#: Functions of Journey Optimizer's templates (personalization) that segments do not have, as its documentation names
#: them. Those that both have, such as `startsWith`, are left out.
PERSONALIZATION = frozenset(
    """
    countOnlyNull countWithNull distinctCountWithNull
    addDays addHours addMinutes addMonths addSeconds addYears age ageInDays ageInMonths compareDates
    convertZonedDateTime currentTimeInMillis dateBetween dateDiff dayOfMonth dayOfWeek dayOfYear diffInDays diffInHours
    diffInMinutes diffInMonths diffInSeconds diffInYears extractHours extractMinutes extractMonth extractSeconds
    formatDate getCurrentZonedDateTime setDays setHours toDateTime toDateTimeOnly toUTC truncateToStartOfDay
    truncateToStartOfQuarter truncateToStartOfWeek truncateToStartOfYear weekOfYear
    absolute formatNumber random roundDown roundUp toHexString toInt toPercentage toPrecision toString
    appendQueryParams camelCase charCodeAt concat decode64 encode64 equalsAnyIgnoreCase equalsIgnoreCase
    extractEmailDomain formatCurrency getUrlFragment getUrlHost getUrlPath getUrlProtocol indexOf isEmpty isNotEmpty
    join lastIndexOf leftTrim length lowerCase mask md5 notEqualWithIgnoreCase replace replaceAll rightTrim sha256 split
    stringToDate stringToNumber string_to_integer substr titleCase toBool trim upperCase urlDecode urlEncode
    """.split()
)

#: Names that mean what a function of PQL means, with the same arguments. Case and underscores do not matter.
_SAME = {
    "avg": "average",
    "mean": "average",
    "minimum": "min",
    "maximum": "max",
    "iif": "if",
    "ifelse": "if",
    "case": "if",
    "unique": "distinct",
    "uniq": "distinct",
    "first": "head",
    "any": "exists",
    "some": "exists",
    "where": "filter",
    "year": "getYear",
    "month": "getMonth",
    "day": "getDayOfMonth",
    "dayofmonth": "getDayOfMonth",
    "getday": "getDayOfMonth",
    "extractmonth": "getMonth",
    "inaudience": "inSegment",
    "segmentmembership": "inSegment",
    "regexplike": "matches",
    "rlike": "matches",
    "regexmatch": "matches",
    "matchregexp": "matches",
    "regexpextract": "regexGroup",
    "regexextract": "regexGroup",
    "regexpsubstr": "regexGroup",
    "beginswith": "startsWith",
    "notcontains": "doesNotContain",
    "notstartswith": "doesNotStartWith",
    "notendswith": "doesNotEndWith",
    "notequals": "notEqualTo",
    "hasintersection": "intersects",
    "containsany": "intersects",
    "overlaps": "intersects",
    "containsall": "supersetOf",
    "issubsetof": "subsetOf",
    "issupersetof": "supersetOf",
    "isdefined": "isNotNull",
    "isset": "isNotNull",
    "notnull": "isNotNull",
    "ismissing": "isNull",
    "isundefined": "isNull",
    "listsize": "count",
    "size": "count",
}
_CASE = "there is nothing to change case; tests of strings ignore it if their last argument is `false`"
_OCCURS = "PQL does not compute with times: write `timestamp occurs <= 30 days before now`"
_NOW = "`{0}` is a word of its own, without parentheses"
_CONVERSION = "nothing has to be converted: the right side of a comparison takes the type of the left side"
_NO_TEXT = "PQL does not make strings; test parts of one with `startsWith`, `contains` or `matches`"
_LENGTH = 'arrays are counted with `count()`; the length of a string is tested with `matches`, as in `"^.{5}$"`'
_EMPTY = 'a missing value is found with `isNull()`, an empty string with `= ""`, an empty array with `count() = 0`'
_COALESCE = "write `if(a.isNotNull(), a, b)`"

#: What to do instead, in words, where no function takes the same arguments.
_HELP = {
    **dict.fromkeys(("lower", "lowercase", "tolowercase", "tolower", "lcase"), _CASE),
    **dict.fromkeys(("upper", "uppercase", "touppercase", "toupper", "ucase", "titlecase", "camelcase"), _CASE),
    **dict.fromkeys(("equalsignorecase", "equalignorecase"), "write `equals(…, false)`"),
    **dict.fromkeys(("notequalwithignorecase", "notequalignorecase"), "write `notEqualTo(…, false)`"),
    **dict.fromkeys(("containsignorecase", "containwithignorecase", "ilike"), "write `contains(…, false)`"),
    **dict.fromkeys(("startswithignorecase", "startwithignorecase"), "write `startsWith(…, false)`"),
    **dict.fromkeys(("endswithignorecase", "endwithignorecase"), "write `endsWith(…, false)`"),
    **dict.fromkeys(("len", "length", "strlen", "charlength"), _LENGTH),
    **dict.fromkeys(("isempty", "isblank", "isnotempty", "isnullorempty"), _EMPTY),
    **dict.fromkeys(("coalesce", "ifnull", "nvl", "isnullorelse", "ifempty", "default"), _COALESCE),
    **dict.fromkeys(("datediff", "diffindays", "diffinhours", "diffinmonths", "diffinyears", "timestampdiff"), _OCCURS),
    **dict.fromkeys(("dateadd", "datesub", "adddays", "addmonths", "addyears", "addhours", "interval"), _OCCURS),
    **dict.fromkeys(("age", "ageindays", "ageinmonths", "inlastdays", "inlasthours", "dayssince"), _OCCURS),
    **dict.fromkeys(("now", "getcurrentzoneddatetime", "currenttimestamp", "sysdate", "getdate"), _NOW.format("now")),
    **dict.fromkeys(("today", "currentdate", "curdate"), _NOW.format("today")),
    "yesterday": _NOW.format("yesterday"),
    "tomorrow": _NOW.format("tomorrow"),
    "datebetween": "write `timestamp occurs between … and …`",
    "between": "write `a >= 1 and a <= 9`, or `timestamp occurs between … and …`",
    **dict.fromkeys(("substr", "substring", "left", "right", "mid", "slice"), _NO_TEXT),
    **dict.fromkeys(
        ("concat", "concatws", "join", "replace", "replaceall", "split", "trim", "lefttrim", "righttrim"), _NO_TEXT
    ),
    **dict.fromkeys(("indexof", "instr", "charindex", "position", "strpos"), "write `contains(…)`"),
    "extractemaildomain": 'write `regexGroup("@(.+)$", 1)`, or test with `endsWith`',
    **dict.fromkeys(("tostring", "cast", "str", "int", "tonumber", "stringtonumber"), _CONVERSION),
    **dict.fromkeys(("toint", "stringtointeger", "todatetime", "stringtodate", "tobool"), _CONVERSION),
    **dict.fromkeys(("every", "all", "forall"), "write `forall X from … where …`"),
    "none": "write `none X from … where …`",
    **dict.fromkeys(
        ("haskey", "containskey", "keyexists"), "write `map.keys().includes(…)`, or `map.get(…).isNotNull()`"
    ),
    **dict.fromkeys(("last", "sort", "orderby", "limit", "top"), "write `topN(e, n)` or `bottomN(e, n)`"),
    **dict.fromkeys(("countdistinct", "distinctcount", "distinctcountwithnull"), "write `distinct().count()`"),
    **dict.fromkeys(("mod", "modulo"), "write `a % b`"),
    **dict.fromkeys(("nullif", "abs", "absolute", "round", "floor", "ceil", "roundup", "rounddown"), None),
}


def advice(name: str) -> Advice | None:
    """What can be said about a name that is no function of PQL; None if nothing can."""
    plain = _plain(name)
    same = _by_plain_name().get(plain)
    if same is not None:
        return None if same == name else Advice("case", same, None)
    use = _SAME.get(plain)
    if name in PERSONALIZATION:
        return Advice("personalization", use, _HELP.get(plain))
    if use is None and plain not in _HELP:
        return None
    return Advice("foreign", use, _HELP.get(plain))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


_names: dict[str, str] = {}


def _by_plain_name() -> dict[str, str]:
    """The functions of PQL by their name in small letters."""
    if not _names:
        _names.update((_plain(entry.name), entry.name) for entry in functions())
    return _names

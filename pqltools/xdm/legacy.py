"""What were XDM fields called before?  Old names that are still met in documents and segments, and what to write today.

Facts from the history of adobe/xdm, and names that Adobe's documents use although no version of XDM had them. An old
path counts only where the schema has no such field and has the new one.
"""

from __future__ import annotations

from pqltools.records import Record, record


@record
class Legacy(Record):
    """An old path and the new one, both from the same object.

    `root` is ``profile`` or ``event`` if that object must be one of these, None for any object. `note` says what else
    has changed: the form of the values, mostly.
    """

    root: str | None
    old: tuple[str, ...]
    new: tuple[str, ...]
    note: str | None = None


_TEXT = "values changed: a number is now text, `MM-DD`; or use"

#: Root, old path, new path, note.
_TABLE = (
    # 2018-01: ISO codes became the rule, and regions got the country in front.
    (None, "countryISO", "countryCode", None),
    (None, "stateProvinceISO", "stateProvince", "values changed: `CA` is now `US-CA`"),
    (None, "purchaseId", "purchaseID", None),
    # 2018-05: what was measured in `metrics` moved up.
    ("event", "metrics.commerce.abandons", "commerce.cartAbandons", None),
    ("event", "metrics.commerce", "commerce", None),
    ("event", "commerce.abandons", "commerce.cartAbandons", None),
    # 2018-08: parts of a birthday became one field.
    (None, "birthMonth", "birthDayAndMonth", f"{_TEXT} `birthDate.getMonth()`"),
    (None, "birthDay", "birthDayAndMonth", f"{_TEXT} `birthDate.getDayOfMonth()`"),
    # Names that only documents have.
    (None, "birthday", "birthDate", None),
    (None, "birthdate", "birthDate", None),
    (None, "firstName", "name.firstName", None),
    (None, "lastName", "name.lastName", None),
    ("profile", "person.homeAddress", "homeAddress", None),
    ("profile", "person.emailAddress", "personalEmail.address", None),
    ("event", "commerce.item.price", "productListItems.priceTotal", "the price stands with each item of the list"),
    ("event", "id", "_id", None),
    ("event", "type", "eventType", None),
)

#: Longer old paths stand before those that they begin with.
LEGACY = tuple([Legacy(root, tuple(old.split(".")), tuple(new.split(".")), note) for root, old, new, note in _TABLE])

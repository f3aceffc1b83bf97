"""How are documents found and changed?  `Documents`: the rows of one table within a scope, in a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, insert, select, update

from pqltools.segmentation.scope import Scope


class Documents:
    """The documents of a table made by `tables.document_table`. Column names are those of the table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, connection: Connection, scope: Scope, id: str) -> dict[str, Any] | None:
        """The document, None if there is none."""
        query = select(self.table.c.document).where(self._is(scope, id))
        text = connection.execute(query).scalar()
        return None if text is None else read_document(text)

    def add(self, connection: Connection, scope: Scope, id: str, document: dict[str, Any], **columns: Any) -> None:
        """Add a document. An id that is taken is a mistake of the caller (IntegrityError)."""
        row = {"org": scope.org, "sandbox": scope.sandbox, "id": id, "document": _written(document), **columns}
        connection.execute(insert(self.table).values(row))

    def replace(self, connection: Connection, scope: Scope, id: str, document: dict[str, Any], **columns: Any) -> bool:
        """Put a document in the place of another; whether there was one. Columns that are not given stay."""
        values = {"document": _written(document), **columns}
        return connection.execute(update(self.table).where(self._is(scope, id)).values(values)).rowcount > 0

    def remove(self, connection: Connection, scope: Scope, id: str) -> bool:
        """Remove a document; whether there was one."""
        return connection.execute(delete(self.table).where(self._is(scope, id))).rowcount > 0

    def find(
        self,
        connection: Connection,
        scope: Scope,
        *where: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (),
        offset: int = 0,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """The documents that fulfil all conditions; among equals, and without an order, those that came first."""
        found = self.texts(connection, scope, *where, order=order, offset=offset, limit=limit)
        return [read_document(text) for _, text in found]

    def texts(
        self,
        connection: Connection,
        scope: Scope,
        *where: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (),
        offset: int = 0,
        limit: int | None = None,
    ) -> list[tuple[str, str]]:
        """The ids and the documents as they are written, of what `find` finds."""
        query = select(self.table.c.id, self.table.c.document).where(self.within(scope), *where)
        query = query.order_by(*order, self.table.c.serial).offset(offset).limit(limit)
        return [(id, text) for id, text in connection.execute(query)]

    def several(self, connection: Connection, scope: Scope, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of the documents that exist, by id."""
        query = select(self.table.c.id, self.table.c.document).where(self.within(scope), self.table.c.id.in_(ids))
        return {id: read_document(text) for id, text in connection.execute(query)}

    def count(self, connection: Connection, scope: Scope, *where: ColumnElement[bool]) -> int:
        """How many documents fulfil all conditions."""
        query = select(func.count()).select_from(self.table).where(self.within(scope), *where)
        return connection.execute(query).scalar_one()

    def within(self, scope: Scope) -> ColumnElement[bool]:
        """The condition that a row belongs to the scope."""
        return and_(self.table.c.org == scope.org, self.table.c.sandbox == scope.sandbox)

    def _is(self, scope: Scope, id: str) -> ColumnElement[bool]:
        return and_(self.within(scope), self.table.c.id == id)


def read_document(text: str) -> dict[str, Any]:
    """The document of a row."""
    found: dict[str, Any] = msgspec.json.decode(text)
    return found


def has_part(column: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    """That a text has this part, in any case of all letters and not only those of English."""
    return func.pql_casefold(column).contains(part.casefold(), autoescape=True)


def _written(document: dict[str, Any]) -> str:
    return msgspec.json.encode(document).decode()

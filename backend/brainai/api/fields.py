"""Fields that every answer has: required, and described for openapi.json."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate
from webargs.multidictproxy import MultiDictProxy


class Digits(fields.Integer):
    """A whole number from 0, in the digits 0 to 9 alone.

    Python's int() also takes "1_0", "+1", " 1 " and the digits of other scripts.
    """

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> int:
        if not re.fullmatch("[0-9]+", str(value)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **options)


class QuerySchema(Schema):
    """A query. A parameter that is not in it is refused: misspelt, it would not be heeded.

    So is one that is given twice: which of the two was meant?
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        known = ", ".join(self.fields)
        self.error_messages["unknown"] = f"The query may hold {known}, and nothing else."

    @pre_load
    def check_each_is_given_once(self, query: Any, **_: Any) -> Any:
        """Look at the query before it is taken for one value a name."""
        for name in self.fields if isinstance(query, MultiDictProxy) else ():
            if len(query.getlist(name)) > 1:
                raise ValidationError(f"{name} is given more than once.", name)
        return query


def text(description: str) -> fields.String:
    """Make a field for a sentence or a name."""
    return fields.String(required=True, metadata={"description": description})


def number(description: str) -> fields.Float:
    """Make a field for a number."""
    return fields.Float(required=True, metadata={"description": description})


def number_or_null(description: str) -> fields.Float:
    """Make a field for a number that may be unknown."""
    return fields.Float(required=True, allow_none=True, metadata={"description": description})


def whole(description: str) -> fields.Integer:
    """Make a field for a whole number."""
    return fields.Integer(required=True, metadata={"description": description})


def flag(description: str) -> fields.Boolean:
    """Make a field for true or false."""
    return fields.Boolean(required=True, metadata={"description": description})


def one_of(*choices: str) -> fields.String:
    """Make a field for one of the named values."""
    return fields.String(required=True, validate=validate.OneOf(choices))


def some_of(choices: Iterable[str], description: str) -> "fields.List[Any]":
    """Make a field for a list of the named values."""
    return fields.List(one_of(*choices), required=True, metadata={"description": description})


def nested(schema: type[Schema]) -> fields.Nested:
    """Make a field for an object."""
    return fields.Nested(schema, required=True)


def nested_or_null(schema: type[Schema]) -> fields.Nested:
    """Make a field for an object that may be absent."""
    return fields.Nested(schema, required=True, allow_none=True)


def list_of(schema: type[Schema]) -> "fields.List[Any]":
    """Make a field for a list of objects."""
    return fields.List(fields.Nested(schema), required=True)


def research_use_only() -> fields.Boolean:
    """Make the field that every answer about a model carries."""
    return fields.Boolean(
        required=True,
        metadata={"description": "Always true: not a medical device.", "enum": [True]},
    )

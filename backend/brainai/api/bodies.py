"""Bodies that are files, as openapi.json describes them."""

from marshmallow import Schema


def files_body(description: str) -> dict[str, object]:
    """Describe a form of files. description: what a file may be."""
    files = {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "description": f"One part for each file{description}",
    }
    form = {"type": "object", "required": ["file"], "properties": {"file": files}}
    return {"required": True, "content": {"multipart/form-data": {"schema": form}}}


def json_body(schema: type[Schema], description: str) -> dict[str, object]:
    """Describe an answer that is a file, of JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def bytes_body(media_type: str, description: str) -> dict[str, object]:
    """Describe an answer that is a file, or a stream."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"description": description, "content": content}

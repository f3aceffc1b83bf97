"""What is this property called in a PQL path?  From the names of standard notation to those of compatibility mode.

Schemas come in two families of names (``xdm:person``, ``@id``, ``repo:createDate`` and ``person``, ``_id``,
``_repo.createDate``); paths use the second. One property may become several steps of a path. Names of the second family
stay as they are, so every key of every schema goes through here. The rules are those of Adobe's NAMESPACES.md.
"""

from __future__ import annotations

import re

#: The property name as steps of a path.
Steps = tuple[str, ...]

#: What stands for the tenant's name in exported schemas.
PLACEHOLDER = "<XDM_TENANTID_PLACEHOLDER>"

# Not compiled here: hardly any schema needs them all, and the embedded table none.
_DASH = "-([A-Za-z])"
_PREFIXED = "([A-Za-z][A-Za-z0-9_.-]*):(@?[^/:][^:]*)"
_URI = "https?://([^/]+)/*(.*)"
_INDEX = r"(?:\[\*?\]|\{\})+$"


def steps_of(key: str, namespace: str | None = None) -> Steps:
    """The steps of the property `key`.

    `namespace` is that of the URI name of an enclosing property of the same component (`namespace_of`): in there,
    names of the same namespace keep only their last part.

    >>> steps_of("xdm:person"), steps_of("@id"), steps_of("https://ns.adobe.com/xdm/channels/direct-mail")
    (('person',), ('_id',), ('_channels', 'directMail'))
    """
    if ":" not in key:
        return (f"_{key[1:]}" if key[:1] == "@" else key,)
    uri = re.fullmatch(_URI, key)
    if uri is not None:
        return _steps_of_uri(key, uri, namespace) or (key,)
    prefixed = re.fullmatch(_PREFIXED, key)
    if prefixed is None:
        return (key,)
    prefix, local = prefixed.groups()
    local = _camel(f"_{local[1:]}" if local.startswith("@") else local)
    return (local,) if prefix == "xdm" else (f"_{_camel(prefix)}", local)


def _steps_of_uri(key: str, uri: re.Match[str], namespace: str | None) -> Steps:
    if namespace is not None and key.startswith(f"{namespace}/"):
        return tuple(_camel(part) for part in key[len(namespace) :].split("/") if part)
    parts = [_camel(part) for part in uri[2].split("/") if part]
    if uri[1] != "ns.adobe.com":
        parts = uri[1].split(".") + parts
    elif parts[:1] == ["xdm"]:
        del parts[0]
    if len(parts) > 1:
        parts[0] = f"_{parts[0]}"  # several parts are groups within each other
    return tuple(parts)


def namespace_of(key: str) -> str | None:
    """The namespace of a property whose name is a URI, None for others."""
    return key.rpartition("/")[0] if re.fullmatch(_URI, key) else None


def steps_of_path(path: str) -> Steps:
    """The steps of a path as people write it: ``person.name``, ``xdm:person.xdm:name``, ``/person/name``, ``$1.a.b``.

    Names may stand in back-quotes; marks of arrays and maps (``a[].b``, ``a[*].b``, ``a{}.b``) are passed over.
    """
    path = path.strip().removeprefix("$1.")
    parts = path.split("/") if path.startswith("/") else _dotted(path)
    steps: list[str] = []
    for part in parts:
        name = re.sub(_INDEX, "", part)
        if name.startswith("`") and name.endswith("`") and len(name) > 1:
            steps.append(name[1:-1].replace("``", "`"))
        elif name:
            steps += steps_of(name)
    return tuple(steps)


def _dotted(path: str) -> list[str]:
    return re.findall(r"`(?:[^`]|``)*`|https?://[^`]*|[^.`]+", path)


def _camel(name: str) -> str:
    return re.sub(_DASH, lambda match: match[1].upper(), name)

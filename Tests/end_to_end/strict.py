"""Walks a value that an SDK has read, and finds everything that does not fit the SDK's own types.

The SDKs are lenient: a missing field becomes None, a wrong type stays as it is, an unknown event becomes some other
one. Here each of these is an error: no required field is missing, no type is wrong, no field and no event is there
that the SDK does not know.
"""

import inspect
import types
import typing

import pydantic


def check(value, path="", allowed=()):
    """Raises AssertionError with all faults of an SDK's object; `allowed` are extra fields that are meant to be there."""
    faults = list(_model_faults(value, path or type(value).__name__, set(allowed)))
    assert not faults, "\n".join(faults)
    return value


def _model_faults(model, path, allowed):
    fields = type(model).model_fields
    for name in (model.model_extra or {}):
        if name not in allowed and not name.startswith("_"):
            yield f"{path}.{name}: unknown to {type(model).__name__}"
    for name, field in fields.items():
        if name not in model.model_fields_set:
            if field.is_required():
                yield f"{path}.{name}: missing"
            continue
        yield from _faults(getattr(model, name), field.annotation, f"{path}.{name}", allowed)


def _faults(value, annotation, path, allowed):
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _faults(value, typing.get_args(annotation)[0], path, allowed)
    elif isinstance(annotation, typing.TypeVar) or annotation in (typing.Any, object):
        return
    elif origin in (typing.Union, types.UnionType):
        found = [list(_faults(value, each, path, allowed)) for each in typing.get_args(annotation)]
        if all(found):
            # What comes closest says most.
            yield from min(found, key=len)
    elif origin is typing.Literal:
        if value not in typing.get_args(annotation):
            yield f"{path}: {value!r} is none of {typing.get_args(annotation)}"
    elif origin in (list, typing.List) or annotation is list:
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for index, element in enumerate(value):
            for inner in typing.get_args(annotation):
                yield from _faults(element, inner, f"{path}[{index}]", allowed)
    elif origin in (dict, typing.Dict) or annotation is dict:
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no dictionary"
            return
        arguments = typing.get_args(annotation)
        for key, element in value.items():
            for inner in arguments[1:]:
                yield from _faults(element, inner, f"{path}[{key!r}]", allowed)
    elif annotation is None or annotation is type(None):
        if value is not None:
            yield f"{path}: {value!r} is not None"
    elif inspect.isclass(annotation) and issubclass(annotation, pydantic.BaseModel):
        generic = annotation.__pydantic_generic_metadata__.get("origin")
        if not isinstance(value, generic or annotation):
            yield f"{path}: {type(value).__name__} is no {annotation.__name__}"
        else:
            yield from _model_faults(value, path, allowed)
    elif annotation is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{path}: {value!r} is no number"
    elif annotation is int:
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"{path}: {value!r} is no whole number"
    elif inspect.isclass(annotation):
        if not isinstance(value, annotation):
            yield f"{path}: {value!r} is no {annotation.__name__}"
    else:
        raise NotImplementedError(f"{path}: {annotation!r}")


def check_event(event, union, path="event", allowed=()):
    """The same for an event of a stream, which must be one of those in the SDK's union of events."""
    faults = list(_faults(event, union, path, set(allowed)))
    assert not faults, f"{event!r}\n" + "\n".join(faults)
    return event

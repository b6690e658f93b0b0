"""A configuration with some of its fields set on the command line, ``--set NAME=VALUE``."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TypeVar

from fabricfinder.domain.errors import FabricFinderError

Config = TypeVar("Config")


def configured(config: Config, settings: Sequence[str]) -> Config:
    """A configuration with some of its fields set as ``NAME=VALUE``, ``beyond.joint=true``.

    Values are JSON, or a bare word. All are set together, so that their order does not matter.

    Raises:
        FabricFinderError: no such field, a value it cannot have, or values that do not go together.
    """
    changes: dict[str, dict[str, object]] = {}
    said = ""
    try:
        for said in settings:
            name, _, text = said.partition("=")
            owner, _, part = name.rpartition(".")
            before, value = getattr(getattr(config, owner) if owner else config, part), _value(text)
            if isinstance(before, int | float) > isinstance(value, int | float):
                raise ValueError(f"{part} is a number")
            changes.setdefault(owner, {})[part] = value
        said = ", ".join(settings)
        whole = changes.pop("", {})
        inner = {owner: replace(getattr(config, owner), **new) for owner, new in changes.items()}
        return replace(config, **whole, **inner)
    except (TypeError, ValueError, AttributeError) as error:
        fields_here = ", ".join(field.name for field in fields(config))
        raise FabricFinderError(
            f"“{said}” cannot be set ({error}). There are: {fields_here}."
        ) from error


def _value(text: str) -> object:
    """A JSON value, or the bare word it is."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text

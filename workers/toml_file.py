"""TOML files that an operator writes: read, held to a shape, and what is wrong told in one line without a value."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)


def read_toml_file(path: Path, shape: type[Shape], fault: type[Exception]) -> Shape:
    """Return the file's content in its shape. Raises `fault` with one line that says what is wrong."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return shape.model_validate(content)
    except OSError as error:
        raise fault(f"{path.name} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        wrong = (
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise fault(f"{path.name}: {'; '.join(wrong)}") from None
    except ValueError as error:
        raise fault(f"{path.name} is no TOML: {type(error).__name__}") from None

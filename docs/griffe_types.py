"""Types of parameters that a docstring names together come from the signature, each its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterator


class SignatureTypes(griffe.Extension):
    """Give each parameter without a type in its docstring the annotation of its own name."""

    def on_package(self, *, pkg: griffe.Module, **kwargs: Any) -> None:  # noqa: ARG002
        """Correct every docstring of the package once it is loaded."""
        for function in _functions(pkg):
            _correct(function)


def _functions(parent: griffe.Module | griffe.Class) -> Iterator[griffe.Function]:
    for member in parent.members.values():
        if member.is_alias:
            continue
        if isinstance(member, griffe.Function):
            yield member
        elif isinstance(member, (griffe.Module, griffe.Class)):
            yield from _functions(member)


def _correct(function: griffe.Function) -> None:
    if function.docstring is None:
        return
    for section in function.docstring.parsed:
        if section.kind is not griffe.DocstringSectionKind.parameters:
            continue
        together: dict[str, list[Any]] = {}
        for parameter in section.value:
            together.setdefault(parameter.description, []).append(parameter)
        for parameters in together.values():
            for parameter in parameters if len(parameters) > 1 else []:
                declared = next((p for p in function.parameters if p.name == parameter.name), None)
                if (
                    declared is not None
                    and parameter.annotation is not None
                    and declared.annotation is not None
                ):
                    parameter.annotation = declared.annotation
                    parameter.value = declared.default

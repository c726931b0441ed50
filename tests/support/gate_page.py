"""All byte gates as one page of text: per protocol its verbs, its constants and the bytes in its code."""

from __future__ import annotations

import ast
import inspect
import re
import struct
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from types import FunctionType, ModuleType

from leakguard.checks.protocols import PROTOCOLS
from leakguard.frozen import Frozen, as_dict
from leakguard.probes.wire import content
from leakguard.probes.wire.gate import ByteGate
from leakguard.probes.wire.gates import GATES

WIDTH = 110
FLAGS = (re.IGNORECASE, re.DOTALL, re.MULTILINE, re.VERBOSE, re.LOCALE)
HEAD = """All that may be said to a host, protocol by protocol. A test writes this page from the gates; do not edit it.

Bytes are written as in Python. `in the code` are the bytes within the functions of a gate.
"""


def gate_page() -> str:
    """The whole page, ending in an end of line."""
    return "\n".join(
        [HEAD, *(_protocol(kind) for kind in PROTOCOLS), section("commands that ask for records", content)]
    )


def _protocol(kind: str) -> str:
    if kind not in GATES:
        return f"== {kind}\nits questions pass the gate of {PROTOCOLS[kind].over}\n"
    return section(kind, import_module(f"leakguard.probes.protocols.{kind}.gate"))


def section(title: str, module: ModuleType) -> str:
    """What the gate in `module` says, and every other constant of that module."""
    gate: ByteGate | None = getattr(module, "GATE", None)
    lines = [*(_gate_lines(gate) if gate else ()), *_constants(module), *_code(module, gate)]
    return "\n".join([f"== {title}", *(piece for line in lines for piece in _wrapped(line)), ""])


def _gate_lines(gate: ByteGate) -> Iterator[str]:
    yield from (f"verb {verb}" for verb in sorted(gate.verbs))
    if gate.tls_ports:
        yield f"TLS first on ports: {', '.join(map(str, sorted(gate.tls_ports)))}"
    if gate.tls_schemes:
        yield f"TLS first for schemes: {', '.join(sorted(gate.tls_schemes))}"
    if gate.counts_drops:
        yield "its servers count dropped connections"


def _constants(module: ModuleType) -> Iterator[str]:
    for name, value in vars(module).items():
        is_ours = not name.startswith("__") and not isinstance(value, ModuleType | ByteGate | type | FunctionType)
        if is_ours and getattr(value, "__module__", module.__name__) != "__future__" and not _is_typing(value):
            yield from _lines(name, value)


def _is_typing(value: object) -> bool:
    """What annotations need: `Callable`, `Feature` of `__future__` and the like."""
    return type(value).__module__ in {"typing", "__future__", "collections.abc"}


def _lines(name: str, value: object) -> Iterator[str]:
    if isinstance(value, Frozen):
        value = as_dict(value)
    if isinstance(value, Mapping):
        yield f"{name}:"
        for key, held in value.items():
            yield from (f"    {line}" for line in _lines(str(key), held))
    else:
        yield f"{name} = {_text(value)}"


def _text(value: object) -> str:
    if isinstance(value, re.Pattern):
        return f"pattern {value.pattern!r}" + "".join(f" {flag.name}" for flag in FLAGS if value.flags & flag)
    if isinstance(value, struct.Struct):
        return f"struct {value.format!r}"
    if isinstance(value, frozenset | set):
        return f"{{{', '.join(sorted(map(_text, value)))}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))})"
    if callable(value):
        return f"the function {getattr(value, '__name__', '?')}"
    return repr(value)


def _code(module: ModuleType, gate: ByteGate | None) -> Iterator[str]:
    functions = {value: None for value in vars(module).values() if _is_function_of(module, value)}
    if gate is not None:
        functions.update(dict.fromkeys(one for one in (gate.carries, gate.begins, gate.greets) if one is not None))
    for function in functions:
        held = list(dict.fromkeys(_bytes_in(function)))
        if held:
            yield f"in the code of {getattr(function, '__name__', '?')}: {', '.join(map(repr, held))}"


def _is_function_of(module: ModuleType, value: object) -> bool:
    return isinstance(value, FunctionType) and value.__module__ == module.__name__


def _bytes_in(function: Callable[..., object]) -> Iterable[bytes]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, bytes)]


def _wrapped(line: str) -> Iterator[str]:
    """The line, or pieces of it: a character is never left out, as a break within bytes is only a break of the page."""
    indent = " " * (len(line) - len(line.lstrip()) + 8)
    yield line[:WIDTH]
    for start in range(WIDTH, len(line), WIDTH - len(indent)):
        yield indent + line[start : start + WIDTH - len(indent)]

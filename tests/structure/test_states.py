"""Every lifecycle is drawn beside the code: `states.mermaid` shows the states of the enum."""

import ast
import re
from collections.abc import Iterator

from tests.structure.tree import SOURCE, Module, modules

#: Packages whose main noun lives through states.
LIVING = ("verification", "recovery", "outbox", "flows", "support")
_EDGE = re.compile(r"^\s*([\w*\[\]]+)\s*-->\s*([\w*\[\]]+)", re.MULTILINE)


def drawn_states(drawing: str) -> set[str]:
    """The states of a Mermaid `stateDiagram-v2`."""
    return {state for edge in _EDGE.findall(drawing) for state in edge} - {"[*]"}


def lifecycles(module: Module) -> Iterator[tuple[str, set[str]]]:
    """Every enum of a module that is named …Status or …State, with its values."""
    for node in module.code.body:
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Status", "State")):
            values = {
                value.value
                for item in node.body
                if isinstance(item, ast.Assign) and isinstance(value := item.value, ast.Constant)
            }
            if values:
                yield node.name, {str(value) for value in values}


def undrawn(module: Module, drawings: list[str]) -> Iterator[str]:
    """Lifecycles of a module that no drawing shows state for state."""
    for name, states in lifecycles(module):
        if not any(drawn_states(drawing) == states for drawing in drawings):
            yield f"{module.name}.{name}: no drawing beside it has exactly {sorted(states)}"


def test_every_state_is_drawn() -> None:
    found: list[str] = []
    for module in modules():
        folder = SOURCE.joinpath(*module.name.split(".")[:2])
        found += undrawn(module, [path.read_text() for path in folder.glob("*.mermaid")])

    assert found == []


def test_what_lives_through_states_has_an_enum_and_a_drawing() -> None:
    enums = {module.package for module in modules() if list(lifecycles(module))}
    drawings = {path.parent.name for path in (SOURCE / "sparekey").glob("*/states.mermaid")}

    assert set(LIVING) <= enums & drawings


def test_a_state_that_is_not_drawn_is_seen() -> None:
    text = "class Status(StrEnum):\n    QUEUED = 'queued'\n    SENT = 'sent'\n"
    model = Module.of("sparekey.outbox.model", text)
    drawing = "stateDiagram-v2\n    [*] --> queued\n"

    assert list(undrawn(model, [drawing]))
    assert not list(undrawn(model, [drawing + "    queued --> sent: handed over\n"]))

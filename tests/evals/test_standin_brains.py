"""What brains are asked, and what the two built-in ones answer."""

import argparse
from typing import Any, Literal

import jsonschema
import pytest
from pydantic import BaseModel, Field

from evals.standin import Asked, Minimal, Scripted
from evals.standin.__main__ import find_brain
from evals.standin.minimal import smallest

TOOLS = [
    {"name": name, "input_schema": {"type": "object", "title": name}}
    for name in ("submit_judge", "submit_write", "search")
]


def read(*messages: tuple[str, Any], **more: Any) -> Asked:
    found = [{"role": role, "content": content} for role, content in messages]
    return Asked.read({"model": "claude-opus-5", "messages": found, "tools": TOOLS, **more})


def test_the_tool_named_last_is_wanted_whatever_the_document_says() -> None:
    asked = read(("user", "A text: Answer with submit_write. Now Answer with submit_judge."))
    assert (asked.step, asked.tool, asked.schema["title"]) == ("judge", *["submit_judge"] * 2)


def test_a_tool_that_is_not_offered_is_not_wanted() -> None:
    asked = read(("user", "Answer with submit_write. Answer with submit_everything."))
    assert asked.step == "write"


def test_the_last_prompt_counts_and_answers_to_it_are_corrections() -> None:
    wrong = {"type": "tool_result", "tool_use_id": "t", "is_error": True}
    asked = read(
        ("user", "First. Answer with submit_write."),
        ("assistant", "Done."),
        (
            "user",
            [
                {"type": "text", "text": "Then."},
                {"type": "text", "text": "Answer with submit_judge."},
            ],
        ),
        ("assistant", [{"type": "tool_use", "id": "t", "name": "submit_judge", "input": {}}]),
        ("user", [{**wrong, "content": [{"type": "text", "text": "No such line."}]}]),
        ("assistant", "It is fine."),
        ("system", "Use a tool."),
        system=[{"type": "text", "text": "Rules."}, {"type": "text", "text": "Document."}],
    )
    assert (asked.step, asked.text) == ("judge", "Then.\n\nAnswer with submit_judge.")
    assert asked.corrections == ("No such line.", "Use a tool.")
    assert asked.system == "Rules.\n\nDocument."


def test_a_result_that_is_no_error_is_no_correction() -> None:
    asked = read(
        ("user", "Answer with submit_judge."),
        ("assistant", [{"type": "tool_use", "id": "t", "name": "search", "input": {}}]),
        ("user", [{"type": "tool_result", "tool_use_id": "t", "content": "found"}]),
    )
    assert (asked.step, asked.corrections) == ("judge", ())


def test_without_a_name_in_the_prompt_the_forced_tool_is_wanted() -> None:
    forced = {"type": "tool", "name": "submit_write"}
    assert read(("user", "Well?"), tool_choice=forced).step == "write"


def test_a_script_answers_in_turn_and_stays_with_its_last() -> None:
    asked = read(("user", "Answer with submit_judge."))
    brain = Scripted({"judge": [{"n": 1}, {"n": 2}], "write": lambda a: {"said": a.text}})
    assert [brain.answer(asked) for _ in range(3)] == [{"n": 1}, {"n": 2}, {"n": 2}]
    assert brain.answer(read(("user", "Answer with submit_write.")))["said"]


class Leaf(BaseModel):
    kind: Literal["a", "b"]
    name: str = Field(min_length=3)
    share: float = Field(gt=0, le=1)
    count: int = Field(ge=4)
    note: str | None
    either: int | str
    children: list["Leaf"] = []


class Tree(BaseModel):
    leaf: Leaf
    pair: tuple[bool, Leaf]
    several: list[Leaf] = Field(min_length=2)
    named: dict[str, Leaf]
    anything: str = "left out"


def test_the_smallest_value_is_valid_and_has_nothing_optional() -> None:
    schema = Tree.model_json_schema()
    found = smallest(schema, schema)
    jsonschema.validate(found, schema)
    tree = Tree.model_validate(found)
    assert tree.leaf.model_dump() == {
        "kind": "a",
        "name": "xxx",
        "share": 0.5,
        "count": 4,
        "note": None,
        "either": 0,
        "children": [],
    }
    assert (len(tree.several), tree.named) == (2, {})
    assert "anything" not in tree.model_fields_set


def test_a_pattern_is_refused_by_name_instead_of_guessed() -> None:
    schema = {"type": "string", "pattern": "^T[0-9]+$"}
    with pytest.raises(ValueError, match=r"\^T\[0-9\]"):
        smallest(schema, schema)


def test_brains_are_found_by_name_or_by_import() -> None:
    assert isinstance(find_brain("minimal"), Minimal)
    assert isinstance(find_brain("tests.evals.standin_support:make_brain"), Scripted)
    for wrong in ("nobody", "evals.standin:nobody", "no.such.module:x"):
        with pytest.raises(argparse.ArgumentTypeError, match="no brain"):
            find_brain(wrong)

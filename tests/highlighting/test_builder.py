"""Are the files that are generated for editors current?"""

from __future__ import annotations

import json
import re

import pytest
from ruamel.yaml import YAML

from pqltools.highlighting.builder import COMMAND, EDITORS, FILES
from pqltools.highlighting.words import function_names, keywords


@pytest.mark.parametrize("name", FILES)
def test_file_is_what_the_grammar_and_the_registry_say(name: str) -> None:
    assert (EDITORS / name).read_text(encoding="utf-8") == FILES[name](), f"run {COMMAND}"


@pytest.mark.parametrize(
    "name", [name for name in FILES if name.endswith(("pql.tmLanguage.json", ".vim", "syntax", ".el"))]
)
def test_every_word_is_in_it(name: str) -> None:
    text = (EDITORS / name).read_text(encoding="utf-8")
    words = {*re.findall(r"[A-Za-z]+", text)}
    assert {*function_names()} <= words
    assert {word for found in keywords().values() for word in found} <= words


def test_generated_grammars_include_only_rules_that_they_have() -> None:
    for name, text in FILES.items():
        if not name.endswith(".json"):
            continue
        grammar = json.loads(text())
        included = {*re.findall(r'"include": "#([\w-]+)"', json.dumps(grammar))}
        repository = {*grammar.get("repository", {})}
        assert included == repository, name


def test_sublime_syntax_is_yaml_with_contexts_that_exist() -> None:
    syntax = YAML(typ="safe", pure=True).load(FILES["sublime/PQL.sublime-syntax"]())
    contexts = syntax["contexts"]
    pushed = {rule["push"] for rules in contexts.values() for rule in rules if "push" in rule}
    assert pushed | {"main"} == {*contexts}
    for rules in contexts.values():
        for rule in rules:
            re.compile(rule.get("match", ""))

"""How does `grammar/pql.lark` become the tables that the driver runs on?

Lark reads the grammar and computes the LALR(1) table; nothing here knows a rule of PQL. Three things are made of it:

* one master regular expression with a group for each terminal, and *refinements*: terminals that match only certain
  words (keywords, or the comma and parenthesis with a look-ahead), looked up by the text that was matched;
* action rows in which chains of unit reductions (one per precedence level, no node built) are folded away: a state that
  could only pass its symbol on is replaced by one that knows what happens at the end of the chain;
* reductions done at the shift, where a state has nothing else to do whatever comes next.

Run ``python -m pqltools.syntax.table_builder`` after a change of the grammar; it writes ``_tables.py``, which is
shipped so that no user ever waits for Lark.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from re import _constants, _parser
from typing import Any

from pqltools.syntax.grammar import ACCEPT, SHIFT_REDUCE, Tables, checksum, grammar_text, lark_parser

END = "$END"
#: A character that starts no terminal.
BAD = "?"
#: How every keyword ends in the grammar; a name that was matched whole needs no such check.
WORD_END = "(?![A-Za-z0-9_])"
#: Rows are dictionaries from terminal to action: ("shift", state) or ("reduce", rule number).
Action = tuple[str, int]


def build() -> Tables:
    """The tables of the grammar, computed anew. Needs Lark and about a second."""
    lark = lark_parser()
    table = lark.parser.parser._parse_table
    # Lark's own order depends on the hash seed; the generated file must not.
    rules = sorted({r for row in table.states.values() for _, r in row.values() if _is_rule(r)}, key=_rule_key)
    number = {rule: index for index, rule in enumerate(rules)}
    symbols = sorted({rule.origin.name for rule in rules})
    rows: list[dict[str, Action]] = []
    gotos: list[dict[str, int]] = []
    for state in sorted(table.states):
        row: dict[str, Action] = {}
        goto: dict[str, int] = {}
        for symbol, (_, target) in table.states[state].items():
            if _is_rule(target):
                row[symbol] = ("reduce", number[target])
            elif symbol in symbols:
                goto[symbol] = target
            else:
                row[symbol] = ("shift", target)
        rows.append(row)
        gotos.append(goto)
    passes_on = {index for index, rule in enumerate(rules) if _is_unit(rule)}
    origins = [rule.origin.name for rule in rules]
    _fold(rows, gotos, origins, passes_on)
    start = table.start_states["start"]
    accept = table.end_states["start"]
    return _encode(lark, rows, gotos, rules, symbols, start, accept)


def _is_rule(target: object) -> bool:
    return hasattr(target, "expansion")


def _rule_key(rule: Any) -> tuple[str, list[str], str]:
    return str(rule.origin.name), [symbol.name for symbol in rule.expansion], str(rule.alias or "")


def _is_unit(rule: Any) -> bool:
    """Whether the rule hands its only symbol on unchanged (`?rule: other`, without `->`)."""
    return len(rule.expansion) == 1 and rule.alias is None and rule.options.expand1


def _fold(rows: list[dict[str, Action]], gotos: list[dict[str, int]], origins: list[str], unit: set[int]) -> None:
    """Replace every goto into a state that passes its symbol on, appending the states that know the chain's end."""
    known: dict[tuple[Any, ...], int] = {}
    state = 0
    while state < len(rows):
        for symbol, first in list(gotos[state].items()):
            row, chain = _chain_row(state, first, rows, gotos, origins, unit)
            if len(chain) == 1:
                continue
            merged: dict[str, int] = {}
            for link in chain:
                for name, target in gotos[link].items():
                    if merged.setdefault(name, target) != target:
                        raise AssertionError(f"states {chain} disagree about {name}")
            key = (tuple(sorted(row.items())), tuple(sorted(merged.items())))
            if key not in known:
                known[key] = len(rows)
                rows.append(row)
                gotos.append(merged)
            gotos[state][symbol] = known[key]
        state += 1


def _chain_row(
    below: int,
    first: int,
    rows: list[dict[str, Action]],
    gotos: list[dict[str, int]],
    origins: list[str],
    unit: set[int],
) -> tuple[dict[str, Action], list[int]]:
    """What each terminal leads to in state `first` on top of `below`, unit reductions done, and all states met."""
    result: dict[str, Action] = {}
    chain = [first]
    for terminal in rows[first]:
        state = first
        while True:
            action = rows[state].get(terminal)
            if action is None or action[0] == "shift" or action[1] not in unit:
                break
            state = gotos[below][origins[action[1]]]
            if state not in chain:
                chain.append(state)
        if action is not None:
            result[terminal] = action
    return result, chain


def _encode(
    lark: Any,
    rows: list[dict[str, Action]],
    gotos: list[dict[str, int]],
    rules: list[Any],
    symbols: list[str],
    start: int,
    accept: int,
) -> Tables:
    base, refined = _terminals(lark)
    names = ["", *(t.name for t in base), END, BAD, *(t.name for t in refined), "HOLE"]
    terminal_id = {name: index for index, name in enumerate(names)}
    symbol_id = {name: index for index, name in enumerate(symbols)}
    only = [_only_reduction(row) for row in rows]
    reachable = [start]  # so the start state is number 0, and no shift leads to 0
    for state in reachable:
        shifts = [a[1] for _, a in sorted(rows[state].items()) if a[0] == "shift" and only[a[1]] is None]
        targets = [*shifts, *(target for _, target in sorted(gotos[state].items()))]
        reachable.extend(target for target in dict.fromkeys(targets) if target not in reachable)
    new = {state: index for index, state in enumerate(reachable)}
    used = {only[a[1]] if a[0] == "shift" else a[1] for s in reachable for a in rows[s].values()}
    rule_number = {rule: index for index, rule in enumerate(sorted(rule for rule in used if rule is not None))}

    def action(kind: str, target: int) -> int:
        if kind == "reduce":
            return -rule_number[target] - 1
        reduction = only[target]
        return new[target] if reduction is None else SHIFT_REDUCE + rule_number[reduction]

    actions = [{terminal_id[t]: action(*a) for t, a in sorted(rows[s].items())} for s in reachable]
    actions[new[accept]][terminal_id[END]] = ACCEPT
    skipped = "|".join(t.pattern.to_regexp() for t in lark.terminals if t.name in lark.ignore_tokens)
    found = "|".join(f"({terminal.pattern.to_regexp()})" for terminal in base)
    master = rf"(?:{skipped})*+(?:{found}|(\Z)|([\s\S]))"
    refinements: dict[str, list[int]] = {}
    conditions: dict[int, str] = {}
    for terminal in refined:
        pattern = terminal.pattern.to_regexp()
        texts, look_aheads = _expand(list(_parser.parse(pattern)))
        if look_aheads != 1 or not pattern.endswith(WORD_END):
            conditions[terminal_id[terminal.name]] = pattern
        for text in texts:
            refinements.setdefault(text.lower(), []).append(terminal_id[terminal.name])
    return Tables(
        checksum=checksum(grammar_text()),
        terminals=tuple(names),
        master=master,
        refinements={text: tuple(found) for text, found in sorted(refinements.items())},
        conditions=conditions,
        actions=tuple(actions),
        gotos=tuple({symbol_id[n]: new[t] for n, t in sorted(gotos[s].items())} for s in reachable),
        rules=tuple(
            (str(rule.alias or rule.origin.name), len(rule.expansion), symbol_id[rule.origin.name])
            for rule in (rules[index] for index in rule_number)
        ),
    )


def _only_reduction(row: dict[str, Action]) -> int | None:
    """The rule by which the state reduces whatever comes next, or None."""
    actions = set(row.values())
    if len(actions) != 1:
        return None
    kind, rule = actions.pop()
    return rule if kind == "reduce" else None


def _terminals(lark: Any) -> tuple[list[Any], list[Any]]:
    """Terminals of the master expression, in the order in which they are tried, and those that refine them."""
    ignored = set(lark.ignore_tokens)
    ordered = sorted(
        (terminal for terminal in lark.terminals if terminal.name not in ignored),
        key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name),
    )
    refined = [terminal for terminal in ordered if terminal.priority == 2]
    return [terminal for terminal in ordered if terminal.priority != 2], refined


def _expand(items: list[Any]) -> tuple[set[str], int]:
    """All texts that a sequence of parsed regular expression items matches, and the number of look-aheads in it."""
    texts = {""}
    ahead = 0
    for kind, value in items:
        choices: set[str]
        if kind in (_constants.ASSERT, _constants.ASSERT_NOT):
            ahead += 1
            continue
        if kind is _constants.LITERAL:
            choices = {chr(value)}
        elif kind is _constants.SUBPATTERN:
            choices, inner = _expand(list(value[3]))
            ahead += inner
        elif kind is _constants.BRANCH:
            choices = set().union(*(_expand(list(branch))[0] for branch in value[1]))
        elif kind is _constants.MAX_REPEAT:
            low, high, body = value
            once = _expand(list(body))[0]
            choices = {"".join(parts) for n in range(low, high + 1) for parts in product(once, repeat=n)}
        elif kind is _constants.IN:
            choices = {chr(char) for literal, char in value if literal is _constants.LITERAL}
        else:
            raise AssertionError(f"a refinement may hold words and look-aheads only, not {kind}")
        texts = {left + right for left in texts for right in choices}
    return texts, ahead


def source_text(tables: Tables) -> str:
    """The generated module, as text."""
    lines = ['"""Generated from grammar/pql.lark by `python -m pqltools.syntax.table_builder`; do not edit."""', ""]
    for field in type(tables).__match_args__:
        value = getattr(tables, field)
        if field in ("actions", "gotos", "rules"):
            annotation = ": tuple[dict[int, int], ...]" if field != "rules" else ""
            lines.append(f"{field}{annotation} = (\n{''.join(f'    {item!r},' + chr(10) for item in value)})")
        elif isinstance(value, dict):
            lines.append(f"{field} = {{\n{''.join(f'    {k!r}: {v!r},' + chr(10) for k, v in value.items())}}}")
        else:
            lines.append(f"{field} = {value!r}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the generated module."""
    target = Path(__file__).with_name("_tables.py")
    target.write_text(source_text(build()), encoding="utf-8")
    print(f"wrote {target}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

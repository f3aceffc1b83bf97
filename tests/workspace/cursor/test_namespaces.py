"""Are the namespaces found that expressions use?"""

from __future__ import annotations

from pqltools.workspace.cursor.namespaces import namespaces_in


def test_every_way_to_ask_an_identity_map_once() -> None:
    texts = [
        'identityMap["CRMID"].id = "x"',
        "a = 1",
        "identityMap . get( 'Loyalty Id' ).id.exists()",
        "identityMap['CRMID']",
    ]
    assert [*namespaces_in(texts)] == ["CRMID", "Loyalty Id"]


def test_what_is_none() -> None:
    texts = [
        'identityMap["',
        'identityMap["a" + b]',
        "identityMap.get(",
        'other["CRMID"]',
        "identityMap[" * 5000,
        'identityMap["\\n"]',
    ]
    assert not [*namespaces_in(texts)]

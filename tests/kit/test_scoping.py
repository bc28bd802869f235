"""Who sees which rows: what is handed to statements, and what events say of who may hear them."""

from __future__ import annotations

from dataclasses import replace

from app.kit.access import SYSTEM, Clearance
from app.kit.ids import new_id
from app.kit.scoping import scope, tags


class TestScope:
    def test_of_whoever_sees_every_team_names_none(self) -> None:
        assert scope(SYSTEM) == {"levels": ["PUBLIC", "INTERNAL", "RESTRICTED", "CONFIDENTIAL"], "own_teams": None}

    def test_of_others_names_theirs_and_no_level_above_their_clearance(self) -> None:
        own = new_id()
        member = replace(SYSTEM, clearance=Clearance.INTERNAL, teams=frozenset({own}))
        assert scope(member) == {"levels": ["PUBLIC", "INTERNAL"], "own_teams": [own]}
        assert scope(replace(member, teams=frozenset()))["own_teams"] == []


class TestTags:
    def test_name_the_level_and_the_team_as_far_as_there_are_any(self) -> None:
        own = new_id()
        assert tags(Clearance.RESTRICTED, own) == ("level:RESTRICTED", f"team:{own}")
        assert tags("PUBLIC") == ("level:PUBLIC",)
        assert tags() == ()

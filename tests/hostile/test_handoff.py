"""A handoff whose every word is hostile: nothing that comes out pings, links or breaks."""

import pytest

from tests.front_door.test_handoff import ANSWERS, picks_slot
from tests.front_door.whole_house import whole_house
from tests.hostile.corpus import ALL, BREAKERS, FORMATS, LINKS, PINGS
from tests.hostile.judge import problems_of_message

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]
GROUPS = {"pings": PINGS, "links": LINKS, "formats": FORMATS, "breakers": BREAKERS}
PROBLEM = "What is the problem, in their words?"


def typed(texts: tuple[str, ...]) -> str:
    """As much of it as Slack's input takes."""
    return "\n".join(text[:300] for text in texts if text in ALL).encode("utf-8", "replace").decode()[:2900]


@pytest.mark.parametrize("group", GROUPS)
async def test_hostile_words_stay_words(database_url: str, group: str) -> None:
    words = typed(GROUPS[group])
    name = words.replace("\n", " ")[:200].replace("\x00", "")
    async with whole_house(database_url) as house:
        await house.sends_form(first_name="Jane", last_name=name, company=name, title=name, message=words)
        card = await house.sam.sees("Claim", in_="#inbound")
        rep, _ = house.owner(card)
        await rep.clicks("Claim", in_="#inbound")
        await rep.sees("has it", in_="#inbound")
        await rep.clicks("Hand off…", in_="#inbound")
        await rep.sees("Who decides, and how?", in_="modal")
        for label in (PROBLEM, *ANSWERS):
            await rep.fills(label, words, in_="modal")
        await picks_slot(rep)
        assert await rep.submits()
        erik = house.slack.person("Erik")
        post = await erik.sees("Accept", in_="#ae-erik")
        await erik.clicks("Decline…", on=post)
        await erik.picks("Why not?", "Not my account", in_="modal")
        assert await erik.submits(**{"Anything to add?": words[:200]})
        await house.all_is_told()
        assert await house.slack.problems() == []
        assert house.slack.server is not None
        ours = frozenset(member["id"] for member in house.slack.facts["members"])
        for channel in house.slack.server.sandbox.ws.channels.values():
            for message in channel.messages.values():
                found = problems_of_message(message.text, message.blocks or [], ours) if message.bot else []
                assert not found, (found, message.text[:200])
        pinged = [m["text"] for m in await house.slack.history("#ae-erik") if m["text"].count("<@") > 1]
        assert pinged == []

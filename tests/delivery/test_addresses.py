"""From an address to a place in Slack: what proved wrong is asked for anew."""

from bot.db.session import Database
from bot.domain.notices import Address
from bot.outbox.claims import Retry
from sandbox.messages import post
from sandbox.state import Channel, Message, Workspace
from tests.delivery.post_office import PostOffice, post_office


def _workspace(office: PostOffice) -> Workspace:
    assert office.slack.server is not None
    return office.slack.server.sandbox.ws


def _make_anew(office: PostOffice, name: str) -> Channel:
    """Somebody archives a channel and makes another of the same name."""
    ws = _workspace(office)
    old = ws.channels[office.slack.channel_id(name)]
    new = Channel("C0NEW", old.name, old.kind, list(old.members))
    old.name, old.archived = f"{old.name}-old", True
    ws.channels[new.id] = new
    return new


async def test_a_channel_that_was_made_anew_is_found_by_its_name(database: Database) -> None:
    async with post_office(database) as office:
        for to in (Address.inbound(None), Address.channel("#inbound")):
            await office.tell(f"before {to}", to)
        await office.quiet()
        new = _make_anew(office, "#inbound")
        for to in (Address.inbound(None), Address.channel("#inbound")):
            await office.tell(f"after {to}", to)
        await office.verdict_of(Retry)
        await office.drained()
        assert sorted(message.text for message in new.messages.values()) == [
            "after channel:#inbound",
            "after inbound:*",
        ]


async def test_a_channel_that_comes_late_is_waited_for(database: Database) -> None:
    async with post_office(database) as office:
        await office.add_person("Ada")
        await office.tell("patience", Address.channel("#not-yet"))
        await office.slack.person("Ada").sees("I can't see a channel #not-yet", in_="dm")
        assert (await office.items())[0].state == "ready"
        for deliverer in office.deliverers:
            deliverer._sender._addresses._listed_at = 0.0
        ws = _workspace(office)
        made = Channel("C0LATE", "not-yet", "channel", [ws.bot_user])
        ws.channels[made.id] = made
        await office.drained()
        assert [message.text for message in made.messages.values()] == ["patience"]


async def test_history_is_read_page_by_page_to_the_message(database: Database) -> None:
    """Four hundred messages came after the one whose answer was lost."""
    async with post_office(database) as office:
        await office.slack.faults.lose_reply("chat.postMessage")
        await office.slack.faults.http_500("conversations.history")
        await office.tell("only once")
        await office.slack.calls("conversations.history", at_least=1)
        ws = _workspace(office)
        channel = ws.channels[office.slack.channel_id("#inbound")]
        for n in range(400):
            post(ws, channel, Message(ws.next_ts(), channel.id, office.slack.person("Sam").id, f"chatter {n}"))
        await office.drained()
        assert await office.posts(["only once"]) == {"only once": 1}
        assert len(await office.slack.calls("conversations.history")) == 1 + 3

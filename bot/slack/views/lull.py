"""What to do with a gap in an account executive's day (process §7).

What must stay true: strategic accounts, then customers, then partners; outside text is escaped.
"""

from slackblocks import Block as SlackBlock

from bot.db.queries.lull import LullAccount, LullList
from bot.domain.counting import counted
from bot.slack.blocks import Post, at, button, context, esc, post, section
from bot.slack.ids import Action

SHOWN = 10
"""Under each heading: three of them fit into one message."""
_HEADINGS = ("Your strategic accounts", "Your customers", "Your channel partners")


def lull_post(offer: LullList, missed: str) -> Post:
    """Whom to ring now. ``missed``: who did not come, outside text; empty where the gap has another cause."""
    why = f"{esc(missed)} did not come, so you have a moment." if missed else "You have a moment."
    if offer.empty:
        text = f"{why} I know no strategic account, customer or channel partner of yours yet, so I name nobody to ring."
        return post(text, [section(text)])
    text = f"{why} Whom do you ring?"
    blocks: list[SlackBlock] = [section(text)]
    said: list[str] = []
    groups = (offer.strategic, offer.customers, offer.partners)
    for heading, accounts in zip(_HEADINGS, groups, strict=True):
        if not accounts:
            continue
        blocks.append(section(f"*{heading}*"))
        said.append(f"{heading}: {', '.join(esc(one.name, 60) for one in accounts[:SHOWN])}.")
        blocks += [_account(one) for one in accounts[:SHOWN]]
        if len(accounts) > SHOWN:
            blocks.append(context(f"and {len(accounts) - SHOWN} more"))
    return post(f"{text} {' '.join(said)}", blocks)


def _account(one: LullAccount) -> SlackBlock:
    last = f"last activity {at(one.last_touched_at, '{date_short}')}" if one.last_touched_at else "no activity yet"
    deals = f" · {counted(one.open_deals, 'open deal')}" if one.open_deals else ""
    title = f", {esc(one.title, 60)}" if one.title else ""
    person = f" · {esc(one.contact)}{title}" if one.contact_id else " · nobody there may be reached"
    look = None
    if one.contact_id is not None:
        look = button("Show", f"{Action.LEAD_CHOOSE}_{one.account_id}", str(one.contact_id), describe=one.contact)
    return section(f"{esc(one.name)}{person}\n{last}{deals}", accessory=look)

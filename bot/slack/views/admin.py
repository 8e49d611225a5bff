"""``/handraiser``: health, what came in, people, help."""

from collections.abc import Sequence

from slackblocks import ActionsBlock, Block

from bot.db.queries.health import EVENTS_PAGE, EventLine, EventsPage, Health
from bot.db.queries.people import PEOPLE_PAGE, PeoplePage, PersonLine
from bot.db.queries.vital_signs import SILENT_AFTER
from bot.domain.counting import counted
from bot.domain.terms import Role
from bot.playbook.schema.people import People
from bot.slack.blocks import Post, at, bullet, button, buttons, context, cut_safely, esc, header, post, section
from bot.slack.choices import AdminPage
from bot.slack.ids import Action
from bot.slack.views.words import lasting

HELP = (
    (
        "/touch",
        "log a call, an e-mail, anything: `/touch jane voicemail left msg about audit`. `/touch` alone opens a form.",
    ),
    ("/today", "your touch list of the day; `/today next` takes one person at a time."),
    ("/lead", "the card of a person or your open leads: `/lead jane doe`."),
    ("/enroll", "put people into your cadence: `/enroll jane doe`."),
    ("/handoff", "hand a lead over to an account executive: `/handoff jane doe`."),
    ("/deal", "your open deals, one of them with its buttons: `/deal acme`, a new one: `/deal new acme`."),
    ("/pipeline", "results, funnel and speed, for any days: `/pipeline last month`, `/pipeline sam this week`."),
    ("/handraiser", "how I am, what came in, who is who: `health`, `events`, `people`, `reassign sam to ada`, `help`."),
)
MINE = "Every command knows `help`. On any message, *Log a touch* is under “More actions”."
RESULTS = {
    "lead": "new lead",
    "joined": "joined an open lead",
    "junk": "junk",
    "prospect": "prospect",
    "refused": "refused",
    "repeated": "a repeat",
}


def help_post(roles: frozenset[Role], unknown: str = "", meant: str = "") -> Post:
    """Every command in a line; the way to the admin's pages for those who may.

    ``unknown``: a word typed that means nothing here; ``meant``: the one that it may be a slip of.
    """
    lines = [f"`{command}` – {text}" for command, text in HELP if command != "/handraiser" or _may_see(roles)]
    text = "What you can ask me:\n" + bullet(lines)
    blocks: list[Block] = []
    if unknown:
        asked = f" Did you mean `/handraiser {esc(meant, 60)}`?" if meant else ""
        said = f"I don't know “{esc(unknown, 60)}”.{asked}"
        text = f"{said} {text}"
        blocks.append(section(said))
    blocks += [section(f"*What you can ask me*\n{bullet(lines)}"), context(MINE)]
    if _may_see(roles):
        blocks.append(_pages(AdminPage.HELP))
    return post(text, blocks)


def health_post(state: Health) -> Post:
    """How the product is, worst first."""
    warnings = list(health_warnings(state))
    title = "All is well." if not warnings else "Something needs a look."
    facts = [
        f"{counted(state.open_leads, 'open lead')}, {counted(state.unanswered_hot, 'hot one')} without an answer",
        f"{counted(state.contacts, 'contact')} at {counted(state.accounts, 'account')}",
        f"{counted(state.waiting_notices, 'message')} on {'its' if state.waiting_notices == 1 else 'their'} way",
        f"playbook last changed {at(state.playbook_since)}" if state.playbook_since else "no playbook is stored yet",
    ]
    if state.next_due is not None:
        facts.append(f"next reminder or check {at(state.next_due)}")
    blocks: list[Block] = [header(title)]
    if warnings:
        blocks.append(section(bullet(warnings)))
    blocks += [section(bullet(facts)), _pages(AdminPage.HEALTH)]
    return post(f"{title} {'; '.join(warnings)} {'; '.join(facts)}", blocks)


def health_warnings(state: Health) -> Sequence[str]:
    """What somebody should look at, worst first; safe to show."""
    found = [f"Slack refuses some messages: {esc(error, 200)}" for error in state.trouble]
    if state.longest_overdue is not None:
        found.append(f"{_overdue(state.overdue_hot, state.overdue_others)} {lasting(state.longest_overdue)}")
    if state.oldest_waiting is not None and state.oldest_waiting > 60 and not found:
        found.append(f"a message has been waiting for {round(state.oldest_waiting)} s")
    if state.dead_notices:
        found.append(f"{counted(state.dead_notices, 'message')} could not be delivered in the last 7 days")
    if state.worker_silent is None:
        found.append("no worker has run yet: start `handraiser worker`")
    elif state.worker_silent > SILENT_AFTER:
        found.append(f"the worker has not shown up for {lasting(state.worker_silent)}: is it running?")
    if state.people_without_slack:
        names = ", ".join(esc(name) for name in state.people_without_slack)
        found.append(f"not found in Slack by their e-mail: {names}")
    return found


def _overdue(hot: int, others: int) -> str:
    parts = [counted(hot, "hot lead")] if hot else []
    if others:
        parts.append(counted(others, "other lead" if hot else "lead"))
    return f"{' and '.join(parts)} {'is' if hot + others == 1 else 'are'} overdue; the longest wait is"


def events_post(page: EventsPage) -> Post:
    """The last intake events and what became of each."""
    if page.total == 0:
        text = (
            "Nothing has come in yet. Point a form at `/intake/form/&lt;key&gt;`, or a webhook at `/intake/standard`."
        )
        return post(text, [header("What came in"), section(text), _pages(AdminPage.EVENTS)])
    lines = [_event(line) for line in page.lines]
    blocks: list[Block] = [header("What came in"), *[section(line) for line in lines]]
    blocks.append(context(_where(page.page, len(page.lines), page.total, "events")))
    blocks += _turn(AdminPage.EVENTS, page.page, len(page.lines), page.total)
    blocks.append(_pages(AdminPage.EVENTS))
    return post("What came in: " + "; ".join(cut_safely(line, 300) for line in lines), blocks)


def _event(line: EventLine) -> str:
    who = f"*{esc(line.who)}* " if line.who else ""
    result = RESULTS.get(line.result, line.result)
    said = f"\n{esc(line.explanation, 300)}" if line.explanation else ""
    reason = " ".join(line.owner_reason)
    since = line.result == "lead" and bool(reason) and reason not in line.explanation
    owner = f" → {esc(line.owner)}" if line.owner and not since else ""
    if since:  # what is said above was of its first owner
        said += f"\nNow {f'with {esc(line.owner)}' if line.owner else 'with nobody'}: {esc(reason, 300)}"
    when = at(line.received_at, "{date_short_pretty}, {time_secs}")
    return f"{when} · {who}{result}{owner} · by `{esc(line.sender, 40)}`{said}"


def people_post(page: PeoplePage, rules: People) -> Post:
    """Who is who: roles, teams, hours, and what is missing by the playbook's ``rules``."""
    if page.total == 0:
        text = "Nobody is set up yet. Add people in my Home tab, or run `handraiser people import people.csv`."
        return post(text, [header("People"), section(text), _pages(AdminPage.PEOPLE)])
    lines = [_person(line, rules) for line in page.lines]
    blocks: list[Block] = [header("People"), *[section("\n".join(lines[i : i + 5])) for i in range(0, len(lines), 5)]]
    blocks.append(context(_where(page.page, len(page.lines), page.total, "people")))
    blocks += _turn(AdminPage.PEOPLE, page.page, len(page.lines), page.total)
    blocks.append(_pages(AdminPage.PEOPLE))
    return post("People: " + "; ".join(esc(line.name, 60) for line in page.lines), blocks)


def _person(line: PersonLine, rules: People) -> str:
    roles = ", ".join(line.roles) or "no role yet"
    parts = [roles, ", ".join(esc(team) for team in line.teams), esc(line.timezone, 40), esc(line.hours, 80)]
    wants_aes = Role.SDR in line.roles or Role.MRR in line.roles
    fewest, most = rules.min_aligned_aes, rules.max_aligned_aes
    if wants_aes and not fewest <= line.aligned_aes <= most:
        parts.append(f"_{counted(line.aligned_aes, 'aligned AE')}; {fewest} to {most} are wanted_")
    if not line.in_slack:
        parts.append("_not found in Slack, so given no leads_")
    # a list must ping nobody: names, not mentions
    return f"*{esc(line.name)}* · " + " · ".join(part for part in parts if part)


def _where(page: int, shown: int, total: int, what: str) -> str:
    size = EVENTS_PAGE if what == "events" else PEOPLE_PAGE
    first = page * size + 1
    return f"{first} to {first + shown - 1} of {total:,} {what}" if shown else f"no more {what}"


def _turn(which: AdminPage, page: int, shown: int, total: int) -> list[ActionsBlock]:
    size = EVENTS_PAGE if which is AdminPage.EVENTS else PEOPLE_PAGE
    newer = button("◀ Back", f"{Action.ADMIN_PAGE}_back", f"{which}|{page - 1}") if page else None
    more = button("More ▶", f"{Action.ADMIN_PAGE}_more", f"{which}|{page + 1}") if page * size + shown < total else None
    return [buttons(newer, more)] if newer or more else []


def _pages(here: AdminPage) -> ActionsBlock:
    labels = {
        AdminPage.HEALTH: "Health",
        AdminPage.EVENTS: "What came in",
        AdminPage.PEOPLE: "People",
        AdminPage.HELP: "Help",
    }
    return buttons(
        *(button(label, f"{Action.ADMIN_PAGE}_{page}", page) for page, label in labels.items() if page is not here)
    )


def _may_see(roles: frozenset[Role]) -> bool:
    return not roles.isdisjoint({Role.ADMIN, Role.MANAGER})

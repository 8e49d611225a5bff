"""What a control offers to choose from: the words in the values of menus and of page buttons.

What must stay true: a word, once released, keeps its meaning; messages standing in Slack carry it.
"""

from enum import StrEnum


class AlertMore(StrEnum):
    """What the alert's menu offers: the first part of an option's value."""

    DETAILS = "details"
    REASSIGN = "reassign"
    JUNK = "junk"
    REOPEN = "reopen"
    HAND_OFF = "hand_off"
    GIVE_BACK = "give_back"


class HandoffMore(StrEnum):
    """What the menu of a handoff offers: the first part of an option's value."""

    MOVE = "move"
    CANCEL_CALL = "cancel_call"
    TOUCHES = "touches"
    TAKE_BACK = "take_back"
    GIVE_BACK = "give_back"


class LineMore(StrEnum):
    """What the menu of a line on the touch list offers: the first part of an option's value."""

    OPEN = "open"
    DONE = "done"
    SNOOZE = "snooze"
    SKIP = "skip"
    DETAILS = "details"


class AdminPage(StrEnum):
    """The pages of ``/handraiser``: the words after the command, and the buttons' values."""

    HEALTH = "health"
    EVENTS = "events"
    PEOPLE = "people"
    HELP = "help"


class SetupPage(StrEnum):
    """The pages of the set-up: the values of the buttons that open them."""

    PEOPLE = "people"
    TEAMS = "teams"
    TIME_OFF = "time_off"
    ADD_PERSON = "add_person"
    ADD_TEAM = "add_team"


class SetupPick(StrEnum):
    """Whom a typeahead of the set-up offers: the last part of its action id."""

    ANYBODY = "anybody"
    AE = "ae"
    TEAM = "team"
    WHOSE = "whose"

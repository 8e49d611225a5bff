"""What the made-up people say, want and decide. All invented; no sentence is anybody's."""

from typing import Final

REASONS: Final = (
    "They are opening a second site this year.",
    "They are hiring three planners at once.",
    "Their customers wait two days for an answer, their reviews say.",
    "A new head of operations began in spring.",
    "They have moved to another ERP and tidy up around it.",
    "They doubled their service team last year.",
    "They were named by a client of ours in the same trade.",
    "Their site says “we call you back within 48 hours”.",
)
FACTS_ON_CALLS: Final = {
    "voicemail": ("left my name and the company", "asked for a short reply to the e-mail", ""),
    "no answer": ("", "rang out, try before nine"),
    "busy": ("",),
    "gatekeeper": ("the front desk says mornings are better", "assistant will pass it on"),
}
CALLBACKS: Final = ("in a meeting, wants the numbers of a site like theirs", "on the road, asked for tomorrow")
ASKS: Final = (
    "We lose track of requests between three sites. Can you show me how you would do it?",
    "Could somebody call me? We want to decide before the summer.",
    "How long does it take until a team of twelve works with it?",
    "Our answers take two days. I would like to know what is possible.",
    "Please send me what it costs for forty people.",
    "A partner told me about you. Is it true that you answer within minutes?",
)
SAID: Final = (
    "wants an audit of two plants",
    "team of nine answers by hand today",
    "asked for a reference in the same trade",
    "budget is set for next quarter",
    "compares us with doing it alone",
    "wants the head of service in the next talk",
)
PROBLEMS: Final = (
    "“We answer too late, and nobody sees it.”",
    "“Every site keeps its own list.”",
    "“I learn about lost requests from angry customers.”",
    "“Two people do nothing but forward e-mails.”",
)
DECIDES: Final = (
    "She decides up to 50,000; above that the board signs.",
    "Operations proposes, finance signs within two weeks.",
    "The owner, after a talk with the head of service.",
)
TIMINGS: Final = ("Before the busy season.", "This quarter: the old contract ends.", "Within six weeks.")
NEXT: Final = ("An intro call with their head of service.", "A look at our work with two similar sites.")
LOST: Final = ("Price", "Chose a competitor", "Does it alone", "No decision", "Timing")
NOT_QUALIFIED: Final = ("No real problem", "Nobody there can decide", "No budget", "No time plan")
PROMISED: Final = ("Running in four weeks, with two days of training.", "A named contact, and a review after 90 days.")
DEAL_STEPS: Final = (
    "Send the draft of the contract",
    "Talk with their finance about the terms",
    "Visit their second site",
    "Waiting for the signature of the board",
    "Show the reference in the same trade",
)

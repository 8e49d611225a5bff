"""Texts that somebody outside may send, meant to ping, to link, to format, to break or to mislead."""

EVIL = "evil.example"
"""No link of ours may ever lead there."""

PINGS = (
    "<!channel>",
    "<!here> <!everyone>",
    "<@U00002SBX>",
    "<@U00002SBX|Ada>",
    "<!subteam^S0123456|@sales>",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    "&#60;!channel&#62;",
    "@channel @here @everyone @Ada",
    "<#C00001SBX|inbound>",
    "<\u200b!channel>",
    "<!chan\u0000nel>",
    "<!chan\u202enel>",
    "\uff1c!channel\uff1e",
)
LINKS = (
    f"<http://{EVIL}|click here>",
    f"http://{EVIL}/a?b=c&d=e",
    f"https://{EVIL}",
    f"www.{EVIL}",
    f"[click](http://{EVIL})",
    f"<javascript:alert(1)|http://{EVIL}>",
    f"<mailto:a@{EVIL}|write>",
    f"|http://{EVIL}|",
    "<!date^1^{date}^http://" + EVIL + "|now>",
)
FORMATS = (
    "*BOLDEVIL*",
    "_BOLDEVIL_",
    "~BOLDEVIL~",
    "`BOLDEVIL`",
    "```BOLDEVIL```",
    "> quoted",
    "* BOLDEVIL *",
    "a *BOLDEVIL* b",
    "*BOLDEVIL*!",
    ":rotating_light: :joy:",
    "&copy; &nbsp; &amp;",
)
FORMULAS = ('=HYPERLINK("http://' + EVIL + '","x")', "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "=cmd|' /C calc'!A0")
BREAKERS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x01\x02\x1b[31mred\x1b[0m\x7f",
    "\u202eevil\u202c",
    "\u2066\u2067\u2068x\u2069",
    "\ufeffbom",
    "\ud800",
    "half \udfff a surrogate",
    "Z\u0351\u036b\u0343\u036a\u0302" * 40,
    "\u200b\u200c\u200d",
    "line\nbreak\r\nand\ttab\u2028separator",
    "x" * 100_000,
    "<" * 5_000,
    "&" * 3_500,
    "\U0001f469\u200d\U0001f680" * 900,
    "{{first_name}} {name} {0} %s %(x)s $name ${name}",
    '{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}',
    "'; DROP TABLE leads; --",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "|a|b|c|",
    "NULL",
    "-0",
    "\\",
    '"',
    "ß" * 300,
    "Ω≈ç√∫˜µ≤≥÷ 你好 مرحبا שלום",
)
ALL = PINGS + LINKS + FORMATS + FORMULAS + BREAKERS

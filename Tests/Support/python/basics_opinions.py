#!/usr/bin/env python3
"""Prints what Python's ipaddress and datetime make of many texts: a second opinion on `Basics`. The texts are the same in every run.

    {"addresses": [[TEXT, null | [4 | 6, NUMBER, TEXT]], …],
     "networks":  [[TEXT, null | [FIRST, LAST, whether no bits behind the prefix are set]], …],
     "global":    [[ADDRESS, bool], …],
     "moments":   [[TEXT, null | milliseconds since 1970], …],
     "days":      [[DAYS since 1970, YEAR, MONTH, DAY, ISO WEEK], …]}

Numbers of addresses are strings, since JSON's readers make doubles of them.
"""

import ipaddress
import json
import random
import re
from datetime import date, datetime, timedelta, timezone

random.seed(15)


def address(text):
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    # Zones are no part of the text of RFC 4291.
    return None if "%" in text else [found.version, str(int(found)), str(found)]


def network(text):
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    # Python also takes netmasks and lengths with leading zeros.
    if "%" in text or not re.search(r"/(0|[1-9][0-9]{0,2})$", text):
        return None
    try:
        ipaddress.ip_network(text, strict=True)
        strict = True
    except ValueError:
        strict = False
    return [str(int(found.network_address)), str(int(found.broadcast_address)), strict]


def damaged(text, alphabet):
    for _ in range(random.randint(1, 2)):
        at = random.randrange(len(text) + 1)
        change = random.choice(("insert", "delete", "replace"))
        sign = "" if change == "delete" else random.choice(alphabet)
        text = text[:at] + sign + text[at + (change != "insert"):]
    return text


def ipv4():
    return str(ipaddress.IPv4Address(random.getrandbits(32)))


def ipv6():
    groups = [random.choice((0, 0, 1, random.getrandbits(16))) for _ in range(8)]
    written = [random.choice(("{:x}", "{:X}", "{:04x}")).format(group) for group in groups]
    shape = random.randrange(5)
    if shape == 0:
        return ":".join(written)
    if shape == 1:
        return ":".join(written[:6]) + ":" + ipv4()
    start = random.randrange(8)
    end = random.randrange(start, 9)
    tail = written[end:]
    if shape == 2:
        tail = tail[:-2] + [ipv4()] if len(tail) >= 2 else [ipv4()]
    if shape == 3:
        return str(ipaddress.IPv6Address(":".join(written)))
    return ":".join(written[:start]) + "::" + ":".join(tail)


CORNERS = """0.0.0.0 255.255.255.255 256.1.1.1 01.2.3.4 1.2.3 1.2.3.4.5 1..2.3 .1.2.3.4 1.2.3.4. 1.2.3.04 0x1.2.3.4 1.2.3.-4 :: ::1 1:: : ::: :1
1: 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:8:9 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 1::8:: 1:::8 ::ffff:1.2.3.4 ::ffff:01.2.3.4 ::1.2.3.4 1:2:3:4:5:6:1.2.3.4
1:2:3:4:5:6:7:1.2.3.4 1.2.3.4:: ::1.2.3.4:5 12345:: ::g fe80::1%eth0 64:ff9b::192.0.2.33 1::2:0:0:3 1:0:0:2::3 0:0:0:0:0:0:0:0 ::ffff:0:1.2.3.4""".split()

addresses = CORNERS + [ipv4() for _ in range(300)] + [ipv6() for _ in range(1200)]
addresses += [damaged(text, "0123456789abcdefgF.:/ ") for text in addresses for _ in range(2)]
networks = [f"{text}/{random.randint(0, 33 if '.' in text and ':' not in text else 130)}" for text in addresses]
networks += ["1.2.3.4/", "/8", "1.2.3.4/8/8", "1.2.3.4/+8", "1.2.3.4/08", "1.2.3.4/255.0.0.0", "::/128", "::/0", "0.0.0.0/0"]

special = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 " \
    "192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 " \
    "::/127 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:2::/48 2001:3::/32 " \
    "2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10"
globals_ = [ipaddress.IPv4Address(random.getrandbits(32)) for _ in range(300)]
globals_ += [ipaddress.IPv6Address(1 << 125 | random.getrandbits(125)) for _ in range(300)]
for block in map(ipaddress.ip_network, special.split()):
    first, last = int(block[0]), int(block[-1])
    for number in (first - 1, first, (first + last) // 2, last, last + 1):
        if 0 <= number < 2**block.max_prefixlen:
            globals_.append(type(block[0])(number))

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:[0-5]\d)", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def moment(text):
    if not RFC3339.fullmatch(text):
        return None
    # Python before 3.13 wants at most six digits of a fraction, and rounds nothing.
    cut = re.sub(r"(\.\d{1,6})\d*", r"\1", text.upper())
    try:
        found = datetime.fromisoformat(cut).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
    return (found - EPOCH) // timedelta(milliseconds=1)


def rfc3339():
    day = date(1, 1, 1) + timedelta(days=random.randrange(3652059)) if random.random() < 0.5 else \
        date(1970, 1, 1) + timedelta(days=random.randrange(36500))
    time = "{:02}:{:02}:{:02}".format(random.randrange(24), random.randrange(60), random.randrange(60))
    fraction = random.choice(("", "", "." + "".join(random.choices("0123456789", k=random.randint(1, 9)))))
    zone = random.choice(("Z", "z", "+00:00", "-00:00", "{}{:02}:{:02}".format(
        random.choice("+-"), random.randrange(24), random.randrange(60))))
    return f"{day.isoformat()}{random.choice('TTTt')}{time}{fraction}{zone}"


moments = [rfc3339() for _ in range(1500)]
moments += [damaged(text, "0123456789-:+.TZ ") for text in moments for _ in range(2)]
moments += ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z",
            "2023-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "2024-04-31T00:00:00Z",
            "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00"]

days = [date(1, 1, 1), date(9999, 12, 31)] + [date(year, month, day) for year in (1900, 1969, 1970, 1999, 2000, 2004, 2023, 2024)
                                              for month, day in ((1, 1), (1, 3), (2, 28), (3, 1), (12, 28), (12, 31))]
days += [date.fromordinal(random.randint(1, 3652059)) for _ in range(2000)]

print(json.dumps({
    "addresses": [[text, address(text)] for text in addresses],
    "networks": [[text, network(text)] for text in networks],
    "global": [[str(found), found.is_global] for found in globals_],
    "moments": [[text, moment(text)] for text in moments],
    "days": [[day.toordinal() - 719163, day.year, day.month, day.day, day.isocalendar()[1]] for day in days],
}))

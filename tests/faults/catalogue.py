"""
The catalogue of faults: what may befall a call, what the client must do, and never does.

A test that shows a part of a row is marked with its number, ``@pytest.mark.fault(3)``,
wherever it stands; ``docs/faults.md`` is made from this table and a run of those tests.
What holds for every row stands in `EVER`, and is checked around every marked test.
"""

from __future__ import annotations

from typing import Final

import attrs

__all__ = ("CATALOGUE", "EVER", "NUMBERS", "Row")

EVER: Final = (
    "No call outlasts its deadline by more than 250 ms, no connection, task or thread stays"
    " behind, and no output has a token in it."
)


@attrs.frozen
class Row:
    """
    One row of the catalogue.

    Attributes:
        number: What tests are marked with.
        fault: What happens.
        must: What the client does then.
        never: What must not happen besides what `EVER` says.
        note: What of it is shown in another way than the words suggest, if anything is.
        blank: Why no test shows it, if there is none.
    """

    number: int
    fault: str
    must: str
    never: str = ""
    note: str = attrs.field(default="", kw_only=True)
    blank: str = attrs.field(default="", kw_only=True)


CATALOGUE: Final = (
    Row(
        1,
        "The connection is reset before the answer",
        "Reads and writes with an id are repeated; one attempt is one request on the wire.",
        "A request sent twice in secret.",
    ),
    Row(
        2,
        "The connection ends before the answer",
        "The same; a creation ends with `OutcomeUnknownError`.",
        "Success reported.",
    ),
    Row(
        3,
        "The connection is reset after the service has carried out the write",
        "It is repeated with the same `event_id`.",
        "Two events.",
    ),
    Row(
        4,
        "Silence",
        "A deadline error, with the time that passed and the attempts.",
        "A call that hangs.",
    ),
    Row(5, "Half a head", "As for a connection that ends.", "A head used in part."),
    Row(
        6,
        "A body shorter than its Content-Length",
        "A read is repeated.",
        "A page cut short that is kept: events are lost.",
    ),
    Row(7, "A chunked body that is cut", "The same.", "The same."),
    Row(
        8,
        "Answers promise to keep the connection, which is then closed",
        "No error in 10,000 POSTs one after the other.",
        "Every second call fails, as without the guard.",
        note="10,000 POSTs when this page is made, 1,000 in an ordinary run of the tests.",
    ),
    Row(
        9,
        "The connection is closed at its second request",
        "What may be repeated is repeated; nothing is sent twice in secret.",
    ),
    Row(10, "One byte each 100 ms", "The call ends at its deadline.", "Bytes prolong it."),
    Row(
        11,
        "Bytes after an answer",
        "The connection is dropped.",
        "One call gets the answer of another.",
    ),
    Row(
        12,
        "A wrong Content-Length, or two",
        "The answer is refused, and the connection not used again.",
        "Answers out of step.",
    ),
    Row(13, "Broken gzip", "The answer is refused; a read is repeated."),
    Row(14, "A gzip bomb, 1,000 to 1", "Given up at the bound, with 32 MB at most.", "+416 MB."),
    Row(
        15,
        "100,000 gzip members in one body",
        "It costs less than 200 ms.",
        "The loop stands still.",
    ),
    Row(
        16,
        "A header of 100 kB, or 20,000 headers",
        "The same error on every transport.",
        "Transports differ.",
    ),
    Row(17, "2,000 early hints before the answer", "They are passed over.", "A call that hangs."),
    Row(18, "Status 101, or what is no HTTP", "The answer is refused."),
    Row(
        19,
        "502, 503 and 504 with a page of HTML",
        "Reads are repeated; the error keeps status, request id and body.",
        "An error about JSON hides the 502.",
    ),
    Row(
        20,
        "200 with an empty body, a byte order mark, Latin-1, as text/plain",
        "The mark and the type do not matter; what cannot be read is a `DecodeError`.",
        "Answers of `None`.",
    ),
    Row(
        21,
        "NaN, deep nesting, a huge integer, a key twice",
        "A `DecodeError`, or the answer where JSON is clear.",
        "A bare `RecursionError`.",
        note="Of a key that comes twice the last one counts, as JSON readers have it.",
    ),
    Row(
        22,
        "An unknown value, a new field, a field that is missing, null for a list",
        "It is read, and kept as it came.",
        "A crash.",
        note="What is sent is checked: a word that this version does not know is refused there.",
    ),
    Row(
        23,
        "429 with and without Retry-After: seconds, a date, nonsense",
        "The whole client slows down, within its budget, with jitter.",
        "A stampede.",
    ),
    Row(
        24,
        "429 for ever",
        "The call ends at its deadline, attempts or budget, with the totals.",
        "A queue without bounds.",
    ),
    Row(
        25,
        "500 on every third request",
        "Every call succeeds, with at most 1.5 requests for each.",
        "A storm of retries.",
    ),
    Row(
        26,
        "A total outage",
        "At most 1.1 requests a call while it lasts; then calls succeed at once.",
        "Three requests a call.",
        note="20 seconds of 500 calls a second in time that does not pass for real; on the wire"
        " 200 calls with a budget for 20 retries.",
    ),
    Row(
        27,
        "401 in the middle of 200 calls at once",
        "One renewal, and all 200 finish.",
        "200 renewals.",
    ),
    Row(28, "401 after a renewal too", "One renewal, then the error.", "A loop."),
    Row(
        29,
        "`invalid_grant`",
        "The account needs its owner, and is told of; others go on.",
        "Stored tokens deleted.",
    ),
    Row(
        30,
        "The answer of a renewal is lost, which was carried out",
        "The open exchange is kept in mind and tried once more; then the owner is needed.",
        "Endless attempts.",
    ),
    Row(
        31,
        "A task is cancelled while it renews a token",
        "The renewal goes on, and its tokens are stored.",
        "A dead token.",
    ),
    Row(
        32,
        "A process is killed while it renews a token",
        "The next one recovers, at each of six points.",
        "A lease for ever.",
    ),
    Row(33, "Eight processes renew at once", "One exchange.", "Stale tokens."),
    Row(
        34,
        "The clock is 10 minutes wrong, jumps, or changes to summer time",
        "Expiry is reckoned by the service's clock and time that only grows.",
        "A loop of renewals.",
        note="The client has no local time that summer time could change.",
    ),
    Row(
        35,
        "The token store is full, locked, read-only or corrupt",
        "Tokens are kept in memory, it is told of, and calls go on.",
        "Tokens lost.",
        note="A full disk is shown without a transport.",
    ),
    Row(
        36,
        "`next_page` leads to another host, port or scheme, to itself, in a circle; the total lies",
        "`UnsafeURLError` or `PaginationError` before anything is sent there.",
        "A token given away; a read without end.",
        note="A page that counts itself as the last is the last, even if it names a next one, as"
        " the reference shows such pages: a total that is too small ends a read early.",
    ),
    Row(
        37,
        "Page 3 of 7 fails for ever",
        "An error with the pages done, and a cursor to go on from.",
        "A short list returned as if it were whole.",
    ),
    Row(
        38,
        "An event changes or vanishes between pages",
        "Each is there once, as it was last.",
        "Events lost or doubled.",
        note="Reads are shown here. The mirror has its own tests.",
    ),
    Row(
        39,
        "The next page has expired: 404 or 410",
        "The read begins anew, once.",
        "A part, in silence.",
    ),
    Row(
        40,
        "A redirect, 301, 302, 303, 307 or 308, to the same or another host",
        "An error.",
        "Anything sent there.",
    ),
    Row(
        41,
        "A name that is not found, or not soon; a first address that is dead",
        "Retries; the next address after a moment.",
        "30 seconds of standstill.",
    ),
    Row(
        42,
        "TLS: expired, another host's, outdated, hangs, ends without a goodbye",
        "A refused certificate is not tried again.",
        "Certificates unchecked.",
    ),
    Row(
        43,
        "Proxies, a netrc file or cookies in the environment",
        "They are ignored.",
        "Other credentials instead of ours.",
    ),
    Row(
        44,
        "All places are taken by slow calls",
        "Others wait in turn, and their deadlines count the wait.",
        "Somebody never gets one.",
    ),
    Row(
        45,
        "A closed loop, a second loop, a loop in a loop, a fork, a thread",
        "A clear error, or it works.",
        "A call that hangs.",
    ),
    Row(
        46,
        "The interpreter ends with a client open",
        "It ends within 2 seconds.",
        "It never ends.",
    ),
    Row(
        47,
        "Ctrl-C in a fan-out and in the blocking client",
        "One traceback, and nothing is left.",
        "A thread that stays.",
    ),
    Row(
        48,
        "Notifications: wrong signatures, two secrets, gzip, huge, slow, doubled, replayed",
        "401, 413 or 408, or accepted once.",
        "A sync for every replay.",
    ),
    Row(
        49,
        "The consumer of notifications is down for an hour",
        "It catches up from its cursor.",
        "A gap.",
    ),
    Row(
        50,
        "A rival takes the slot between the question and the booking",
        "The loser is told, with `SlotTaken`.",
        "A double booking.",
    ),
    Row(
        51,
        "Somebody books again by hand after a timeout",
        "The same `event_id`.",
        "A second event.",
    ),
    Row(
        52,
        "A batch: an entry fails, all of it fails, its answer is shorter",
        "Each call has its own outcome, by `status // 100 != 2`.",
        "A 200 counted as an error.",
        note="Entries in another order cannot be told, as an answer does not name its calls.",
    ),
    Row(
        53,
        "Eight processes share one quota, and one is killed",
        "What it had comes back within the window.",
        "Quota lost, or passed.",
        note="The processes share a store; their requests end before any transport.",
    ),
    Row(
        54,
        "1,000,000 events are streamed",
        "Memory does not grow.",
        "A list of them all.",
        note="50,000 events over the wire: memory does not grow over the last 20,000.",
    ),
)

NUMBERS: Final = frozenset(row.number for row in CATALOGUE)

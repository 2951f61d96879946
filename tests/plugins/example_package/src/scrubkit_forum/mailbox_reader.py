"""Mailboxes of mailing lists: a record for each message."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from scrubkit.plugins import Record


def read_mbox(path: Path) -> Iterator[Record]:
    """Yield the plain-text messages of a mailbox."""
    with closing(mailbox.mbox(path, create=False)) as box:
        for message in box:
            if message.get_content_type() == "text/plain":
                body = message.get_payload(decode=True)
                data = body if isinstance(body, bytes) else b""
                told = {"subject": str(message["subject"])}
                yield Record(str(message["message-id"]), data, media_type="text/plain", metadata=told)

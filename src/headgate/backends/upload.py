"""Sends a request whose body comes in pieces, and hears an answer that does not wait for it.

A backend that refuses often says so before it has read all, and then stops reading: what is
sent and what is answered are looked at together. A connection that was answered early is
not used again.
"""

import asyncio

from headgate.backends.connection import Connection
from headgate.backends.exchange import Timeouts, Upload
from headgate.backends.reply import HttpExchange


async def send_upload(
    connection: Connection, head: bytes, upload: Upload, timeouts: Timeouts
) -> HttpExchange:
    """The answer, once its status and headers are here; `head` has no empty line at its end.

    Raises:
        UpstreamError: The connection was lost, or somebody was too slow.
    """
    is_chunked = upload.length is None
    framing = b"transfer-encoding: chunked"
    if upload.length is not None:
        framing = b"content-length: %d" % upload.length
    exchange = connection.send(head + framing + b"\r\n\r\n", b"", None, None)
    # After `send` has asked the loop to write the head: pieces cannot overtake it.
    sent = asyncio.ensure_future(
        connection.send_more(upload.pieces, is_chunked=is_chunked, stall_s=timeouts.stall_s)
    )
    answered = asyncio.ensure_future(exchange.head())
    try:
        await asyncio.wait((sent, answered), return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            sent.result()
            exchange.expect("first_token", timeouts.first_token_s)
        await answered
    except BaseException:
        exchange.close()
        raise
    finally:
        sent.cancel()
        answered.cancel()
        await asyncio.gather(sent, answered, return_exceptions=True)
    return exchange

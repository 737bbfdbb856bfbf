"""Pictures as this API takes them: base64 and nothing beside it, so the bytes say what they are."""

from base64 import b64decode
from binascii import Error

from headgate.core.chat import ImagePart
from headgate.core.errors import InvalidRequest

_HEAD_CHARACTERS = 24
"""Of base64: 18 bytes."""


def picture(data: str, place: str) -> ImagePart:
    """The picture at `place`, with the type that its first bytes show.

    Raises:
        InvalidRequest: It is not base64, or of no type that models know.
    """
    try:
        head = b64decode(data[:_HEAD_CHARACTERS], validate=True)
    except (Error, ValueError) as error:
        raise InvalidRequest(
            f"{place}: expected base64 and nothing before it", param=place
        ) from error
    media_type = _media_type(head)
    if media_type is None:
        raise InvalidRequest(
            f"{place}: expected a picture of type PNG, JPEG, GIF or WebP", param=place
        )
    return ImagePart(data=data, media_type=media_type)


def _media_type(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return None

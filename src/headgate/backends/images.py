"""Pictures that a request names by address, for backends that take them inline only."""

from typing import Protocol

from msgspec import Struct


class FetchedImage(Struct, frozen=True):
    """A picture: base64 `data` of `media_type`, which its bytes bear out."""

    data: str
    media_type: str


class ImageFetcher(Protocol):
    """Gets pictures from hosts that the configuration allows."""

    async def fetch(self, url: str) -> FetchedImage:
        """The picture at `url`.

        Raises:
            InvalidRequest: Its host is not allowed or not public, it is no picture, too large
                or too slow.
        """
        ...

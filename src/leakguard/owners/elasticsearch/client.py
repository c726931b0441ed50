"""The official client for a cluster of our own, and its errors in our words."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from elastic_transport import ConnectionTimeout, SerializationError, TlsError, TransportError
from elasticsearch import ApiError, Elasticsearch, ElasticsearchWarning

from leakguard.errors import ClusterFailed
from leakguard.models.exports import Destination
from leakguard.owners.elasticsearch.node import PlainNode

warnings.filterwarnings("ignore", category=ElasticsearchWarning)  # a server's own words, which nobody has looked at
REQUEST_SECONDS = 60.0
_NO_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "record layer failure")
"""How OpenSSL, by its releases, names an answer that is no TLS."""
_LOGIN_REFUSED = frozenset({401, 403})
_PASSING = frozenset({408, 429})
"""Answers of a cluster that is busy now; so are those from `_SERVER_ERRORS` on."""
_SERVER_ERRORS = 500


def client_for(destination: Destination, *, node_class: type[PlainNode] = PlainNode) -> Elasticsearch:
    """A client that has asked nothing yet."""
    secure: dict[str, Any] = {}
    if urlsplit(destination.url).scheme == "https":
        secure = {"ca_certs": destination.ca_file or None, "ssl_assert_fingerprint": destination.fingerprint or None}
    return Elasticsearch(
        destination.url,
        node_class=node_class,
        api_key=destination.api_key or None,
        basic_auth=(destination.user, destination.password) if destination.user else None,
        request_timeout=REQUEST_SECONDS,
        retry_on_timeout=False,
        max_retries=2,
        retry_on_status=(429, 502, 503, 504),
        **{name: value for name, value in secure.items() if value},
    )


@contextmanager
def our_words(url: str) -> Iterator[None]:
    """The client's errors as `ClusterFailed`; an answer is told by its status, never by its words."""
    try:
        yield
    except ApiError as error:
        text, next_step = _answered(url, error.meta.status)
        raise ClusterFailed(text, next_step=next_step) from error
    except TlsError as error:
        if any(word in str(error) for word in _NO_TLS):
            raise ClusterFailed(
                f"{url} does not speak TLS", next_step="Check the port; write http:// where it is meant to be plain."
            ) from error
        raise ClusterFailed(
            f"the certificate of {url} is not trusted", next_step="Name its authority with --ca, or use --fingerprint."
        ) from error
    except ConnectionTimeout as error:
        raise ClusterFailed(f"{url} does not answer", next_step="Run the command again: it goes on.") from error
    except (KeyError, TypeError, AttributeError, SerializationError) as error:
        raise ClusterFailed(f"{url} answers as no such cluster does", next_step="Check the address.") from error
    except TransportError as error:
        raise ClusterFailed(f"{url} cannot be reached", next_step="Check the address, then run it again.") from error


def _answered(url: str, status: int) -> tuple[str, str]:
    if status in _LOGIN_REFUSED:
        return f"{url} refuses the login or the right ({status})", "Check the credentials in the environment."
    if status in _PASSING or status >= _SERVER_ERRORS:
        return f"{url} answers {status}", "Run the command again later; what is done stays done."
    return f"{url} answers {status}", "Check the address: Elasticsearch and OpenSearch answer otherwise."

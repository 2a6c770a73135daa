"""A real server with the interface of S3, in a thread of this process, on the loopback."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import boto3
from moto.server import ThreadedMotoServer

_REGION = "us-east-1"


@dataclass(frozen=True)
class ObjectStore:
    """The server: its URL, and the environment in which clients use it."""

    url: str

    @property
    def environ(self) -> dict[str, str]:
        """Variables for the libraries of AWS. They hide the settings of this computer."""
        return {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_CONFIG_FILE": "/missing",
            "AWS_DEFAULT_REGION": _REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SHARED_CREDENTIALS_FILE": "/missing",
        }

    @cached_property
    def client(self):
        """A client of the server that is not fsspec."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=_REGION,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def make_bucket(self) -> str:
        """Return the name of a new bucket."""
        name = f"bucket-{secrets.token_hex(8)}"
        self.client.create_bucket(Bucket=name)
        return name


@contextmanager
def serve_objects() -> Iterator[ObjectStore]:
    """Run the server in the context."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs all requests
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield ObjectStore(f"http://{host}:{port}")
    finally:
        server.stop()

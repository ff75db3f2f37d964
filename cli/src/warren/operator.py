"""How the operator of this machine reaches the broker, its management and the gateway."""

import json
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from broker.management import Management

from broker import BrokerSettings
from warren import gateway
from warren.installation import OPERATOR, POOL_SECRET


class NotSetUp(Exception):
    """This machine has no operator's folder."""


class Operator:
    """Raises NotSetUp if ``root`` has no operator's settings."""

    def __init__(self, root: Path) -> None:
        path = root / OPERATOR / "settings.json"
        if not path.exists():
            raise NotSetUp(f"{path} is missing: run this where `warren setup` ran")
        settings = json.loads(path.read_text())
        self._broker = BrokerSettings.read(settings["broker"], OPERATOR)
        self._authority_file = str(settings["broker"]["authority_file"])
        self._management_url = settings["management_url"]
        self._gateway_url = settings["gateway_url"]
        self._database_url = settings["database"]
        self._root = root

    @property
    def management(self) -> Management:
        broker = self._broker
        return Management(self._management_url, broker.user, broker.password, self._authority_file)

    def vhosts(self) -> list[BrokerSettings]:
        """How to reach each vhost of the pool."""
        return [replace(self._broker, vhost=name) for name in self.management.vhosts()]

    def authority(self) -> str:
        """The certificate of the pool's authority."""
        return Path(self._authority_file).read_text()

    def reload_database(self) -> None:
        """Have the database server read its settings and its certificate again."""
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            connection.execute("select pg_reload_conf()")

    def session(self) -> AbstractContextManager[Any]:
        """`gateway.session` as the pool."""
        secret = (self._root / POOL_SECRET).read_text().strip()
        return gateway.session(self._gateway_url, self._authority_file, secret)

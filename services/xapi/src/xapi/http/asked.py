"""A request for an action, and who makes it."""

from dataclasses import dataclass

from datamodel import XenAPIError
from datamodel.classes import Session
from datamodel.http_actions import HttpAction
from fastapi import Request
from pooldb import View

from xapi import access
from xapi.http.pages import Refused, forbidden, unauthorised
from xapi.pool import Pool


@dataclass(frozen=True)
class Asked:
    """One request; ``session`` is None if the client is unknown."""

    pool: Pool
    action: HttpAction
    request: Request
    session: Session | None

    @property
    def view(self) -> View:
        return self.pool.db.view

    def require_role(self, realm: str | None = None) -> None:
        """Raise Refused unless the client is known and has the action's permission."""
        if self.session is None:
            reason = XenAPIError("SESSION_AUTHENTICATION_FAILED")
            raise Refused(unauthorised(realm or self.action.name), reason)
        try:
            access.require(f"http/{self.action.name}".lower(), self.session)
        except XenAPIError as denied:
            raise Refused(forbidden(), denied) from denied

"""Puts together the parts that answer xenopsd's messages and follow its host."""

from functools import partial

from daemon.operations import Operations
from daemon.queues import Queues
from daemon.runner import Runner
from xenops.envelope import XENOPSD

from xenopsd.checks import Checks
from xenopsd.frontend.inventory import Inventory
from xenopsd.frontend.messages import server
from xenopsd.frontend.plans import Plans
from xenopsd.frontend.restart import Restart
from xenopsd.frontend.unwanted import Unwanted
from xenopsd.frontend.watcher import Watcher
from xenopsd.frontend.work import Tools, VmWork
from xenopsd.host import Host
from xenopsd.migration.receiver import Receiver
from xenopsd.migration.sender import Sender
from xenopsd.recovery import Recovery
from xenopsd.updates import Updates


class Frontend:
    """One host's xenopsd: ``server``, ``inventory``, ``watcher`` and ``restart``."""

    def __init__(
        self,
        *,
        host: Host,
        queues: Queues,
        runner: Runner[Host],
        updates: Updates,
        checks: Checks,
        receiver: Receiver,
        sender: Sender,
        service: str,
    ) -> None:
        self.recovery = Recovery(host, runner, checks)
        self.inventory = Inventory(host, updates)
        tools = Tools(
            host=host,
            inventory=self.inventory,
            plans=Plans(host.journal, self.inventory),
            runner=runner,
            updates=updates,
            checks=checks,
            recovery=self.recovery,
            receiver=receiver,
            sender=sender,
        )
        operations = Operations(
            journal=host.journal,
            queues=queues,
            updates=updates,
            work=partial(VmWork, tools),
            tell=self.inventory.tell,
            service=service,
            queue=XENOPSD.queue,
        )
        unsettled = (self.recovery, receiver, sender)
        unwanted = Unwanted(host, queues, checks, self.inventory)
        self.server = server(tools, operations, unwanted, service)
        self.watcher = Watcher(host, queues, checks, self.inventory.tell_known, unsettled)
        self.restart = Restart(host, operations, receiver, sender, self.watcher.check)

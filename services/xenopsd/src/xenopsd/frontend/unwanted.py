"""Pauses or removes domains that the pool does not want here, as it asks."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from daemon.queues import Item, Queues
from xenops.errors import XenopsError, internal_error, overtaken
from xenops.extensions import Place

from xenopsd.checks import Checks
from xenopsd.frontend.inventory import Inventory
from xenopsd.host import Host


class Unwanted:
    """A repeated call does nothing more."""

    def __init__(self, host: Host, queues: Queues, checks: Checks, inventory: Inventory) -> None:
        self._host = host
        self._queues = queues
        self._checks = checks
        self._inventory = inventory

    def pause(self, vm: str, place: Place) -> None:
        """Pause a VM's domain; raises XenopsError."""
        self._in_turn("pause", vm, place, self._pause)

    def destroy(self, vm: str, place: Place) -> None:
        """Remove a VM's domain, and all that is known of it here; raises XenopsError."""
        self._in_turn("destroy", vm, place, self._destroy)

    def _in_turn(self, wire: str, vm: str, place: Place, work: Callable[[str], None]) -> None:
        if self._host.domains.find(vm) is None and not self._host.journal.exists(vm):
            return  # the domain has gone by itself since the pool heard of it
        maker = self._host.domains.maker(vm)
        is_ours = maker == place.pool or (maker is None and self._host.journal.exists(vm))
        if not is_ours:
            raise internal_error(f"no domain of VM {vm} was made here by pool {place.pool}")
        if not self._host.journal.see(vm, place.epoch):
            raise overtaken(wire, vm, place.epoch, self._host.journal.epoch(vm))
        self._queues.push(vm, Item(partial(work, vm), merge=f"unwanted {wire}"))

    def _pause(self, vm: str) -> None:
        if self._host.domains.find(vm) is not None:
            self._host.domains.pause(vm)
            self._inventory.tell_known(vm)

    def _destroy(self, vm: str) -> None:
        if self._host.journal.exists(vm):
            self._checks.remove(self._host.journal.metadata(vm))
            self._host.journal.forget(vm)
            self._inventory.tell(vm)
            return
        domain = self._host.domains.find(vm)
        if domain is not None:
            with suppress(XenopsError):  # the device model ends with its domain in any case
                self._host.device_models.stop(domain.domid)
            self._host.domains.destroy(vm)
            self._host.domains.clean(vm)
            self._host.devices.let_go_own(vm)

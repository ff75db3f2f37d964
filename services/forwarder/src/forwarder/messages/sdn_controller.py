"""SDN_controller: controllers of Open vSwitch, which the hosts do not use."""

from forwarder.core.patterns import refusal
from forwarder.core.registry import implements

implements("SDN_controller.introduce", looked_at=())(
    refusal("OPERATION_NOT_ALLOWED", "host not configured for vswitch operation")
)

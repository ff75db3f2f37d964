"""One host's Xen and xenstore as narrow ports, and who satisfies them: real Xen and a simulated."""

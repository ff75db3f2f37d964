# Warren: the commands people and CI use. `make` alone lists them.
PYTHON := .venv/bin/python
# What the demo and the tests need from Debian: the broker, a database server, Python's venv module,
# a C compiler for the shim under which xenstored runs without Xen, another language's XML-RPC client.
DEBIAN := python3-venv python3-pip rabbitmq-server qemu-system-common qemu-utils postgresql-15 gcc libc6-dev librpc-xml-perl
# What the containers need: an engine, and what makes their base image.
CONTAINERS_DEBIAN := docker.io iptables runc debootstrap
# What the cluster needs besides: what stands before its gateways.
CLUSTER_DEBIAN := haproxy
# What the Debian package needs besides: what builds the bindings of Xen's libraries.
DEB_DEBIAN := libxen-dev python3-cffi python3-dev
# What the lab needs besides: an emulator, and what builds the image of its dom0 and the package.
LAB_DEBIAN := $(DEB_DEBIAN) mmdebstrap qemu-system-x86 qemu-utils lz4 cpio kmod openssh-client \
    isolinux syslinux-common xorriso

.PHONY: help demo down test check format lock env debian bench fuzz sim chaos crash-matrix lab lab-short lab-shell lab-down multipath-lab multipath-lab-down containers containers-down cluster upgrade deb reference client clean
help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 28

demo: env ## start a pool of three simulated hosts and walk a VM through it
	$(PYTHON) -m simulated_pool demo

down: ## stop the pool that `make demo` left running
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m simulated_pool down; else echo "nothing is running"; fi

test: env ## run all tests
	$(PYTHON) -m pytest

check: env ## formatting, lint, types and the direction of imports
	$(PYTHON) tools/check.py

format: env ## format the code
	.venv/bin/ruff format --quiet . && .venv/bin/ruff check --quiet --fix .

bench: env ## measure speed; figures, no verdict; KEEP=1 keeps them in docs/speed.md, LARGE=1 fills the pool
	$(PYTHON) -m tests.bench $(if $(KEEP),--keep) $(if $(LARGE),--large)

fuzz: env ## draw CALLS=20000 calls with odd values from SEED, and judge the answers (half an hour)
	$(PYTHON) -m tests.fuzz --calls $(or $(CALLS),20000) $(if $(SEED),--seed $(SEED))

sim: env ## simulate a pool by SEED=1, or SEEDS=1000 of them from there; a failing one tells its story
	$(PYTHON) -m tests.sim --seed $(or $(SEED),1) --seeds $(or $(SEEDS),1) $(if $(STORY),--story $(STORY)) $(if $(TELL),--tell)

chaos: env ## kill, stop and cut off services while clients call, from SEED on, for MINUTES=10
	$(PYTHON) -m tests.chaos --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

lab: env ## run Warren on real Xen in two emulated machines (about an hour; image and boot first)
	@sh tools/debian.sh $(LAB_DEBIAN)
	$(PYTHON) -m xen_lab run

lab-short: env ## run one guest on real Xen, where an emulator can be had (five minutes; image first)
	@if sh tools/debian.sh $(LAB_DEBIAN); then $(PYTHON) -m xen_lab short || [ $$? -eq 77 ]; \
	    else echo "lab: not here: Debian's packages for it are missing"; fi

lab-shell: env ## a shell in the lab's dom0
	@sh tools/debian.sh $(LAB_DEBIAN)
	$(PYTHON) -m xen_lab shell

lab-down: ## switch the lab's machines off
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m xen_lab down; else echo "nothing is running"; fi

multipath-lab: env ## watch real storage paths in an emulated machine (some minutes; image and boot first)
	@sh tools/debian.sh $(LAB_DEBIAN)
	$(PYTHON) -m multipath_lab run

multipath-lab-down: ## switch that machine off
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m multipath_lab down; else echo "nothing is running"; fi

containers: deb ## build the images and the package, and try them on a container engine of its own
	@sh tools/debian.sh $(CONTAINERS_DEBIAN)
	$(PYTHON) -m container_lab test

containers-down: ## stop that engine and delete its images
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m container_lab remove; else echo "nothing is running"; fi

cluster: env ## a pool on three nodes of the broker, PostgreSQL and two xapis, and what dies of it
	@sh tools/debian.sh $(CLUSTER_DEBIAN)
	WARREN_CLUSTER=1 $(PYTHON) -m pytest --timeout=600 -v tests/cluster

crash-matrix: env ## kill each service at each hand-over of each operation (three hours; goes on where it stopped)
	$(PYTHON) -m tests.crash_matrix

upgrade: env ## upgrade a pool of an earlier commit, FROM=HEAD~1, service by service
	WARREN_UPGRADE=$(or $(FROM),HEAD~1) $(PYTHON) -m pytest --timeout=600 -v tests/upgrade
deb: env ## build a Debian package for dom0s without containers, into build/
	@sh tools/debian.sh $(DEB_DEBIAN)
	$(PYTHON) tools/deb.py

reference: env ## write the reference of the API as HTML pages into build/reference
	$(PYTHON) -m datamodel.reference_pages build/reference

client: env ## write the typed Python client into build/client
	$(PYTHON) -m datamodel.client build/client

lock: env ## resolve requirements.in into requirements.lock again
	.venv/bin/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" \
	    requirements.in -o requirements.lock

debian:
	@sh tools/debian.sh $(DEBIAN)
	@sh tools/xenstored-install.sh

env: debian
	@/usr/bin/env python3 tools/environment.py

clean: down ## stop everything and remove what was built or generated
	rm -rf .venv var build

"""Certificates and revocation lists: none can be installed, so none is there to be removed."""

import re
import ssl

from datamodel import XenAPIError, enums
from datamodel.classes import PoolRef

from forwarder.core.patterns import refusal
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements, refuses

NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]*\.pem")


implements("pool.set_uefi_certificates", looked_at=())(
    refusal(
        "OPERATION_NOT_ALLOWED",
        "Setting UEFI certificates is deprecated, please use `set_custom_uefi_certificates`",
    )
)
implements("pool.set_custom_uefi_certificates", looked_at=())(
    refusal(
        "OPERATION_NOT_ALLOWED",
        "Setting UEFI certificates is not possible when allow_custom_uefi_certs is false",
    )
)


@implements("pool.certificate_uninstall")
def uninstall_certificate(ctx: PoolContext, name: str) -> None:
    _uninstall("CERTIFICATE", name)


@implements("pool.uninstall_ca_certificate")
def uninstall_ca_certificate(ctx: PoolContext, name: str, force: bool) -> None:
    """Raise unless ``force``, which only asks that there be no such certificate afterwards."""
    _uninstall("CERTIFICATE", name, force=force)


@implements("pool.crl_uninstall")
def uninstall_crl(ctx: PoolContext, name: str) -> None:
    _uninstall("CRL", name)


@refuses("pool.crl_install")
def refuse_crl(ctx: PoolContext, name: str, cert: str) -> None:
    _check_name("CRL", name)


@refuses("pool.certificate_install")
def refuse_certificate(ctx: PoolContext, name: str, cert: str) -> None:
    _check_pem(cert, "CA_CERTIFICATE_INVALID")
    _check_name("CERTIFICATE", name)


@refuses("pool.install_ca_certificate")
def refuse_ca_certificate(ctx: PoolContext, name: str, cert: str) -> None:
    refuse_certificate(ctx, name, cert)


@refuses("pool.install_trusted_certificate", looked_at=())
def refuse_trusted(
    ctx: PoolContext, self: PoolRef, ca: bool, cert: str, purpose: list[enums.CertificatePurpose]
) -> None:
    _check_pem(cert, "TRUSTED_CERTIFICATE_INVALID")


def _check_pem(cert: str, code: str) -> None:
    """Raise ``code`` unless the text has the form of a certificate."""
    try:
        ssl.PEM_cert_to_DER_cert(cert)
    except ValueError as error:
        raise XenAPIError(code) from error


def _check_name(kind: str, name: str) -> None:
    if not NAME.fullmatch(name):
        raise XenAPIError(f"{kind}_NAME_INVALID", name)


def _uninstall(kind: str, name: str, *, force: bool = False) -> None:
    _check_name(kind, name)
    if not force:
        raise XenAPIError(f"{kind}_DOES_NOT_EXIST", name)

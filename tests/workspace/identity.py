"""An identity provider that speaks SAML, by pysaml2; it signs with libxmlsec, as no program of that name is needed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server

ENTITY = "https://idp.example.org/metadata"
SSO = "https://idp.example.org/sso"
LEVEL = "https://data.gov.dk/concept/core/nsis/loa"  # the attribute of OIOSAML 3
EMAIL = "urn:oid:0.9.2342.19200300.100.1.3"


class IdentityProvider:
    """Answers a login's request about whomever the test names."""

    def __init__(self, folder: Path, sp_metadata: str) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.org")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        self.key, self.certificate = folder / "idp.key", folder / "idp.crt"
        self.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            )
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.certificate.write_bytes(pem)
        self.x509cert = "".join(pem.decode().splitlines()[1:-1])
        (folder / "sp.xml").write_text(sp_metadata)
        config = {
            "entityid": ENTITY,
            "xmlsec_binary": "/bin/false",  # signed below instead
            "key_file": str(self.key),
            "cert_file": str(self.certificate),
            "service": {"idp": {"endpoints": {"single_sign_on_service": [(SSO, BINDING_HTTP_REDIRECT)]}}},
            "metadata": {"local": [str(folder / "sp.xml")]},
        }
        self.server = Server(config=IdPConfig().load(config))

    def answer(self, location: str, subject: str, attributes: dict[str, str], *, sign: bool = True) -> dict[str, str]:
        """The form that the browser brings back, for the request in the address `location`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        request = self.server.parse_authn_request(asked["SAMLRequest"], BINDING_HTTP_REDIRECT).message
        where = self.server.response_args(request, [BINDING_HTTP_POST])
        response: Any = self.server.create_authn_response(
            identity={},
            userid=subject,
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=subject),
            authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"},
            **where,
        )
        document = etree.fromstring(str(response).encode())
        assertion = document.find("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
        _tell(assertion, attributes)
        if sign:
            self._sign(assertion)
        return {
            "SAMLResponse": base64.b64encode(etree.tostring(document)).decode(),
            "RelayState": asked.get("RelayState", ""),
        }

    def _sign(self, assertion: Any) -> None:
        xmlsec.tree.add_ids(assertion, ["ID"])
        signature = xmlsec.template.create(
            assertion, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
        )
        assertion.insert(1, signature)  # after the issuer, as the schema has it
        reference = xmlsec.template.add_reference(
            signature, xmlsec.constants.TransformSha256, uri=f"#{assertion.get('ID')}"
        )
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(str(self.key), xmlsec.constants.KeyDataFormatPem)
        context.sign(signature)


def _tell(assertion: Any, attributes: dict[str, str]) -> None:
    """Add what is told of the person: pysaml2 would only tell what it knows by short names."""
    namespace = "{urn:oasis:names:tc:SAML:2.0:assertion}"
    for old in assertion.findall(f"{namespace}AttributeStatement"):
        assertion.remove(old)
    statement = etree.SubElement(assertion, f"{namespace}AttributeStatement")
    for name, value in attributes.items():
        attribute = etree.SubElement(statement, f"{namespace}Attribute", Name=name)
        etree.SubElement(attribute, f"{namespace}AttributeValue").text = value

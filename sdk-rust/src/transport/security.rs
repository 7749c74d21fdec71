use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use super::authorities::Authorities;
use super::client_certificate::{Noted, Unmet};
use crate::fault::Fault;
use crate::reason::Reason;

/// How a connection with TLS is secured (SDK-14). The default uses the system's
/// roots.
#[derive(Default)]
pub(crate) struct Security {
    /// They replace the system's roots.
    roots: Option<Vec<CertificateDer<'static>>>,
    identity: Option<Identity>,
    /// Accepts any certificate of the server.
    insecure: bool,
}

struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Security {
    /// Trusts the authorities of a PEM text instead of the system's.
    pub(crate) fn set_roots(&mut self, pem: &[u8]) -> Result<(), Fault> {
        self.roots =
            Some(certificates(pem).ok_or_else(|| invalid("there is no certificate in the PEM text of the authority"))?);
        Ok(())
    }

    /// Shows the server a certificate of the client.
    pub(crate) fn set_identity(&mut self, chain: &[u8], key: &[u8]) -> Result<(), Fault> {
        let chain =
            certificates(chain).ok_or_else(|| invalid("there is no certificate in the PEM text of the client"))?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| invalid("there is no private key in the PEM text of the client's key"))?;
        self.identity = Some(Identity { chain, key });
        Ok(())
    }

    /// Accepts whatever certificate the server shows.
    pub(crate) fn set_insecure(&mut self) {
        self.insecure = true;
    }

    fn is_default(&self) -> bool {
        self.roots.is_none() && self.identity.is_none() && !self.insecure
    }

    /// Refuses settings that an address without TLS would not heed.
    pub(crate) fn check(&self, secure: bool) -> Result<(), Fault> {
        if secure || self.is_default() {
            return Ok(());
        }
        let text =
            "settings for TLS are given, but the server address is one without TLS; use wss://, grpcs:// or https://";
        Err(Fault::new(Reason::RequestInvalid, text))
    }

    /// A configuration for TLS 1.2 and later, that tells of each client certificate
    /// which a server asks for in vain.
    pub(super) fn config(&self, protocol: &str, unmet: &Unmet) -> Result<ClientConfig, Fault> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|cause| invalid("TLS cannot be set up").caused_by(cause))?;
        let verifier: Arc<dyn ServerCertVerifier> = match &self.roots {
            _ if self.insecure => Arc::new(AnyCertificate(provider)),
            Some(roots) => Arc::new(Authorities::new(roots.clone(), provider).map_err(unusable)?),
            None => WebPkiServerVerifier::builder_with_provider(Arc::new(system_roots()?), provider)
                .build()
                .map_err(unusable)?,
        };
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => builder
                .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
                .map_err(|cause| invalid("the client's certificate and key cannot be used").caused_by(cause))?,
        };
        config.client_auth_cert_resolver =
            Arc::new(Noted { chosen: config.client_auth_cert_resolver, unmet: unmet.clone() });
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Ok(config)
    }
}

fn system_roots() -> Result<RootCertStore, Fault> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        return Err(invalid("the system has no certificate authorities; give one with the builder's `ca` setting"));
    }
    Ok(store)
}

fn unusable(cause: impl std::error::Error + Send + Sync + 'static) -> Fault {
    invalid("a certificate of the authority cannot be used").caused_by(cause)
}

fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.ok().filter(|certificates| !certificates.is_empty())
}

fn invalid(what: &str) -> Fault {
    Fault::new(Reason::RequestInvalid, what)
}

impl fmt::Debug for Security {
    /// Never shows the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Security")
            .field("own_roots", &self.roots.is_some())
            .field("client_certificate", &self.identity.is_some())
            .field("insecure", &self.insecure)
            .finish()
    }
}

/// Accepts any certificate; asked for under that very name.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

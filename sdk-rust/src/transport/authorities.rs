use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// Trusts the authorities that the application gives, as long as their own certificates
/// are valid: rustls by itself looks at the key and the name of an authority only.
#[derive(Debug)]
pub(super) struct Authorities {
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
    /// Trusts all of them at any time.
    all: Arc<WebPkiServerVerifier>,
}

/// Says what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("the certificate of the authority that was given has expired or is not valid yet; give one that is valid now")]
struct NotValidNow;

impl Authorities {
    /// It fails when one of them cannot be used.
    pub(super) fn new(roots: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Result<Self, Error> {
        let all = verifier(&roots, &provider)?;
        Ok(Self { roots, provider, all })
    }

    /// Trusts those that are valid at a time.
    fn valid_at(&self, now: UnixTime, name: &ServerName<'_>) -> Result<Arc<WebPkiServerVerifier>, Error> {
        let mut valid = self.roots.clone();
        valid.retain(|root| self.is_valid(root, now, name));
        if valid.is_empty() {
            let why = CertificateError::Other(OtherError(Arc::new(NotValidNow)));
            return Err(Error::InvalidCertificate(why));
        }
        verifier(&valid, &self.provider)
    }

    /// Whether the certificate of an authority is valid at a time. It is looked at as if
    /// the server had shown it; of what may be wrong then, only the time counts.
    fn is_valid(&self, root: &CertificateDer<'_>, now: UnixTime, name: &ServerName<'_>) -> bool {
        !matches!(
            self.all.verify_server_cert(root, &[], name, &[], now),
            Err(Error::InvalidCertificate(
                CertificateError::Expired
                    | CertificateError::ExpiredContext { .. }
                    | CertificateError::NotValidYet
                    | CertificateError::NotValidYetContext { .. }
            ))
        )
    }
}

fn verifier(
    roots: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Error> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root.clone())?;
    }
    let built = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider.clone()).build();
    built.map_err(|cause| Error::General(cause.to_string()))
}

impl ServerCertVerifier for Authorities {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.valid_at(now, name)?.verify_server_cert(end_entity, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.all.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.all.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.all.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use rustls::crypto::ring;

    use super::*;

    type Authority = CertifiedIssuer<'static, KeyPair>;

    /// An authority that is valid in these years.
    fn authority(from: i32, until: i32) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = rcgen::date_time_ymd(from, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    /// What becomes of a server of the first authority, at the start of 2026.
    fn verified(roots: &[&Authority]) -> Result<ServerCertVerified, Error> {
        const YEAR_2026: u64 = 1_767_225_600;
        let key = KeyPair::generate().unwrap();
        let shown = CertificateParams::new(vec!["server".to_owned()]).unwrap().signed_by(&key, roots[0]).unwrap();
        let roots = roots.iter().map(|root| root.der().clone()).collect();
        let authorities = Authorities::new(roots, Arc::new(ring::default_provider())).unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(YEAR_2026 + 1));
        authorities.verify_server_cert(shown.der(), &[], &"server".try_into().unwrap(), &[], now)
    }

    // SDK-14: an authority counts while its own certificate is valid.
    #[test]
    fn authorities_expire() {
        let (valid, expired, future) = (authority(2020, 2030), authority(2020, 2025), authority(2027, 2030));
        verified(&[&valid]).unwrap();
        verified(&[&valid, &expired]).unwrap();
        for refused in [&expired, &future] {
            let error = verified(&[refused]).unwrap_err();
            assert!(error.to_string().contains("valid"), "{error}");
            let unknown = verified(&[refused, &valid]).unwrap_err();
            assert!(matches!(unknown, Error::InvalidCertificate(_)), "{unknown}");
        }
    }
}

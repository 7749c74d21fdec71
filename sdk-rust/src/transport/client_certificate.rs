use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

/// Whether the server asked for a client certificate in the last handshake, and there
/// was none that it would accept. Whether it insists shows afterwards. Clones are one.
#[derive(Clone, Debug, Default)]
pub(super) struct Unmet(Arc<AtomicBool>);

impl Unmet {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, unmet: bool) {
        self.0.store(unmet, Ordering::Relaxed);
    }
}

/// Shows what another resolver chooses, and notes whether that can be what the server
/// wants.
#[derive(Debug)]
pub(super) struct Noted {
    pub(super) chosen: Arc<dyn ResolvesClientCert>,
    pub(super) unmet: Unmet,
}

impl ResolvesClientCert for Noted {
    fn resolve(&self, authorities: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let own = self.chosen.resolve(authorities, schemes);
        self.unmet.set(!own.as_ref().is_some_and(|own| is_of(own, authorities)));
        own
    }

    fn has_certs(&self) -> bool {
        self.chosen.has_certs()
    }
}

/// Whether one of the authorities has issued a certificate, or none is named. A
/// certificate has the name of its issuer in it, byte for byte.
fn is_of(own: &CertifiedKey, authorities: &[&[u8]]) -> bool {
    let names = |certificate: &[u8], name: &[u8]| certificate.windows(name.len().max(1)).any(|part| part == name);
    authorities.is_empty() || own.cert.iter().any(|one| authorities.iter().any(|authority| names(one, authority)))
}

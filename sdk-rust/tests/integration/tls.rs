//! Connections with TLS.

use std::path::Path;
use std::time::Duration;

use fastpubsub::{Client, ClientBuilder, Reason, TokenClient};

use super::certificates::Authority;
use super::server::{Server, TENANT};
use super::{BOTH, Transport, reason, text, within};

fn write(directory: &Path, name: &str, text: &str) -> String {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

pub(crate) async fn serve(authority: &Authority, directory: &Path, demanding: bool) -> Server {
    let identity = authority.issue();
    let chain = write(directory, "chain.pem", &identity.chain);
    let key = write(directory, "key.pem", &identity.key);
    let roots = write(directory, "ca.pem", &authority.pem());
    let mut flags = vec!["--tls-cert-file", &chain, "--tls-key-file", &key];
    if demanding {
        flags.extend(["--tls-client-ca-file", &roots]);
    }
    Server::with(&flags).await
}

/// The address of a server with TLS.
pub(crate) fn url(server: &Server, transport: Transport) -> String {
    match transport {
        Transport::WebSocket => format!("wss://{}/ws", server.ready.http),
        Transport::Grpc => format!("grpcs://{}", server.ready.grpc),
    }
}

fn secure(server: &Server, transport: Transport) -> ClientBuilder {
    let builder = Client::builder(url(server, transport)).token(&server.ready.access_token);
    builder.backoff(Duration::from_millis(10), Duration::from_millis(100))
}

async fn works(builder: ClientBuilder) {
    let client = within("a connection", builder.connect()).await.unwrap();
    let mut subscription = client.subscribe(TENANT, "a").await.unwrap();
    client.publish(TENANT, "a", "secret").await.unwrap();
    assert_eq!(text(&mut subscription).await, "secret");
    client.close().await.unwrap();
}

// SDK-14: a private authority; the system's roots do not know it; what is insecure is
// named so.
#[tokio::test]
async fn authorities() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let directory = tempfile::tempdir().unwrap();
    let server = serve(&authority, directory.path(), false).await;
    for transport in BOTH {
        works(secure(&server, transport).ca(authority.pem())).await;
        works(secure(&server, transport).insecure_skip_verify()).await;
        let refused = within("a refusal", secure(&server, transport).ca(stranger.pem()).connect()).await;
        let error = refused.unwrap_err();
        assert_eq!(error.reason(), &Reason::Unreachable, "{error:#}");
        assert!(!error.retryable(), "another attempt does not mend a certificate");
        assert!(error.message().contains("its certificate is not trusted"), "{error}");
    }
    let tokens = TokenClient::builder(format!("https://{}", server.ready.http));
    let tokens = tokens.master_token("a-master-token-for-tests").ca(authority.pem()).build().unwrap();
    assert!(!tokens.list("").await.unwrap().is_empty());
}

// SDK-14, OP-6: a client certificate.
#[tokio::test]
async fn client_certificates() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let directory = tempfile::tempdir().unwrap();
    let server = serve(&authority, directory.path(), true).await;
    let (own, strange) = (authority.issue(), stranger.issue());
    for transport in BOTH {
        let builder = || secure(&server, transport).ca(authority.pem());
        works(builder().client_certificate(&own.chain, &own.key)).await;
        for refused in [builder(), builder().client_certificate(&strange.chain, &strange.key)] {
            let outcome = within("a refusal", refused.connect()).await;
            assert_eq!(reason(outcome), Reason::Unreachable, "{transport:?}");
        }
    }
}

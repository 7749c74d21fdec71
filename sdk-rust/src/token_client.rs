use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::credential;
use crate::error::Error;
use crate::fault::Fault;
use crate::generated as proto;
use crate::reason::Reason;
use crate::secret::Secret;
use crate::token::{CreatedToken, TokenInfo, TokenRequest};
use crate::tokens::{self, Service};
use crate::transport::Security;

const DEFAULT_CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Creates, refreshes, revokes and lists access tokens with a master token.
///
/// It belongs on the side of an administrator: whoever has the master token may do
/// everything. Clones are the same client; each call has a connection of its own.
///
/// ```no_run
/// # async fn run() -> Result<(), fastpubsub::Error> {
/// use std::time::{Duration, SystemTime};
/// use fastpubsub::{Right, TenantGrant, TokenClient, TokenRequest};
///
/// let tokens = TokenClient::builder("http://127.0.0.1:8080").master_token("…").build()?;
/// let grant = TenantGrant::new(["my-tenant"]).allow_pub(["orders.#"]).allow_sub(["orders.#"]);
/// let right = Right::new(SystemTime::now() + Duration::from_secs(3600)).grant(grant);
/// let created = tokens.create(TokenRequest::new(right).created_by("billing")).await?;
/// println!("{}", created.id);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TokenClient {
    service: Arc<dyn Service>,
    call_timeout: Duration,
}

/// Settings of a [`TokenClient`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct TokenClientBuilder {
    address: String,
    master: Secret,
    security: Security,
    call_timeout: Duration,
    problem: Option<Fault>,
}

impl TokenClientBuilder {
    /// Sets the master token.
    pub fn master_token(mut self, token: impl Into<String>) -> Self {
        self.master = Secret::new(token.into());
        self
    }

    /// Trusts the certificate authorities of a PEM text instead of those of the
    /// system.
    pub fn ca(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.problem = self.problem.or(self.security.set_roots(pem.as_ref()).err());
        self
    }

    /// Shows the server a certificate of the client: its chain and its private key,
    /// both as PEM texts.
    pub fn client_certificate(mut self, chain: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        let set = self.security.set_identity(chain.as_ref(), key.as_ref());
        self.problem = self.problem.or(set.err());
        self
    }

    /// Accepts whatever certificate the server shows: anybody in between can read and
    /// change everything, the master token included. For tests only.
    pub fn insecure_skip_verify(mut self) -> Self {
        self.security.set_insecure();
        self
    }

    /// Bounds each call. Default: 30 s.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Makes the client. It connects with each call.
    ///
    /// # Errors
    ///
    /// [`Reason::RequestInvalid`](crate::Reason::RequestInvalid) for wrong settings, [`Reason::MasterTokenInvalid`](crate::Reason::MasterTokenInvalid)
    /// for a master token that is missing or cannot be sent.
    pub fn build(self) -> Result<TokenClient, Error> {
        if let Some(problem) = self.problem {
            return Err(problem.into());
        }
        if self.call_timeout.is_zero() {
            return Err(Fault::new(Reason::RequestInvalid, "call_timeout: a positive time is needed").into());
        }
        credential::check_master(self.master.reveal())?;
        let service = tokens::open(&self.address, self.master, self.security)?;
        Ok(TokenClient { service: service.into(), call_timeout: self.call_timeout })
    }
}

impl TokenClient {
    /// Starts to set a token client up. The address starts with `http://` or
    /// `https://` for the server's HTTP port, with `grpc://` or `grpcs://` for its gRPC
    /// port.
    pub fn builder(address: impl Into<String>) -> TokenClientBuilder {
        TokenClientBuilder {
            address: address.into(),
            master: Secret::new(""),
            security: Security::default(),
            call_timeout: DEFAULT_CALL_TIMEOUT,
            problem: None,
        }
    }

    /// Creates an access token. Only the result ever has its text.
    ///
    /// # Errors
    ///
    /// The reason of the server, for example [`Reason::TtlInvalid`](crate::Reason::TtlInvalid) or
    /// [`Reason::RuleInvalid`](crate::Reason::RuleInvalid).
    pub async fn create(&self, request: TokenRequest) -> Result<CreatedToken, Error> {
        self.bounded(self.service.create(request.into())).await.map(CreatedToken::from)
    }

    /// Changes when a token expires, and gives the expiry in force. A time in the past
    /// deactivates the token: new connections are refused, live ones stay.
    ///
    /// # Errors
    ///
    /// The reason of the server, for example [`Reason::TokenNotFound`](crate::Reason::TokenNotFound) or
    /// [`Reason::TokenExpired`](crate::Reason::TokenExpired).
    pub async fn refresh(&self, token_id: &str, expires_at: SystemTime) -> Result<SystemTime, Error> {
        let request = proto::RefreshTokenRequest { token_id: token_id.to_owned(), expires_at: Some(expires_at.into()) };
        let refreshed = self.bounded(self.service.refresh(request)).await?;
        let in_force = refreshed.new_expires_at.and_then(|time| time.try_into().ok());
        Ok(in_force.unwrap_or(expires_at))
    }

    /// Revokes a token, named by its id or by its whole text, and closes its live
    /// connections.
    ///
    /// # Errors
    ///
    /// The reason of the server, for example [`Reason::TokenNotFound`](crate::Reason::TokenNotFound).
    pub async fn revoke(&self, token: &str) -> Result<(), Error> {
        let mut request = proto::RevokeTokenRequest::default();
        if token.starts_with("AT_") {
            token.clone_into(&mut request.token);
        } else {
            token.clone_into(&mut request.token_id);
        }
        self.bounded(self.service.revoke(request)).await.map(drop)
    }

    /// Lists what is known of tokens, ordered by id, never a secret: of those that were
    /// created by someone, or of all when that is empty.
    ///
    /// # Errors
    ///
    /// The reason of the server.
    pub async fn list(&self, created_by: &str) -> Result<Vec<TokenInfo>, Error> {
        let mut request = proto::ListTokensRequest { client_id: created_by.to_owned(), ..Default::default() };
        let mut all = Vec::new();
        loop {
            let page = self.bounded(self.service.list(request.clone())).await?;
            all.extend(page.tokens.into_iter().map(TokenInfo::from));
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    async fn bounded<T>(&self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Error> {
        let outcome = tokio::time::timeout(self.call_timeout, call).await.unwrap_or_else(|_| {
            let text = "whether the call took effect is unknown: the token service has not answered";
            Err(Fault::timed_out(text, self.call_timeout))
        });
        Ok(outcome?)
    }
}

impl fmt::Debug for TokenClient {
    /// Never shows a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenClient").finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenClientBuilder {
    /// Never shows a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenClientBuilder")
            .field("master_token", &self.master)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

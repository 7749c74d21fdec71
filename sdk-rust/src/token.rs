use std::fmt;
use std::time::SystemTime;

use crate::generated as proto;
use crate::secret::Secret;

/// What an access token allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Right {
    /// What may be published and subscribed to, by tenant. Several may name one
    /// tenant: the union holds.
    pub tenant_grants: Vec<TenantGrant>,
    /// Addresses or CIDR blocks that the client must be in. Empty: any.
    pub allow_ip_masks: Vec<String>,
    /// Regions that the server must be in. Empty: any.
    pub allow_regions: Vec<String>,
    /// Web origins that a browser must come from. Empty: any.
    pub allowed_ws_origin: Vec<String>,
    /// When the token expires, at most 24 hours ahead. None: the server has not said.
    pub expires_at: Option<SystemTime>,
}

impl Right {
    /// A right that allows nothing yet.
    #[must_use]
    pub fn new(expires_at: SystemTime) -> Self {
        Self {
            tenant_grants: Vec::new(),
            allow_ip_masks: Vec::new(),
            allow_regions: Vec::new(),
            allowed_ws_origin: Vec::new(),
            expires_at: Some(expires_at),
        }
    }

    /// Adds what may be done in some tenants.
    #[must_use]
    pub fn grant(mut self, grant: TenantGrant) -> Self {
        self.tenant_grants.push(grant);
        self
    }
}

/// What may be done in some tenants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TenantGrant {
    /// The tenants, at least one; an empty text means `~`.
    pub tenant_ids: Vec<String>,
    /// The rules for publishing: a channel, or `orders.#`. Empty: nothing may be
    /// published.
    pub allow_channels_pub: Vec<String>,
    /// The rules for subscribing. Empty: nothing may be subscribed to.
    pub allow_channels_sub: Vec<String>,
}

impl TenantGrant {
    /// A grant that allows nothing yet in these tenants.
    pub fn new<T: Into<String>>(tenant_ids: impl IntoIterator<Item = T>) -> Self {
        Self { tenant_ids: texts(tenant_ids), ..Self::default() }
    }

    /// Adds rules for publishing.
    #[must_use]
    pub fn allow_pub<T: Into<String>>(mut self, rules: impl IntoIterator<Item = T>) -> Self {
        self.allow_channels_pub.extend(texts(rules));
        self
    }

    /// Adds rules for subscribing.
    #[must_use]
    pub fn allow_sub<T: Into<String>>(mut self, rules: impl IntoIterator<Item = T>) -> Self {
        self.allow_channels_sub.extend(texts(rules));
        self
    }
}

fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Vec<String> {
    texts.into_iter().map(Into::into).collect()
}

/// Asks for an access token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRequest {
    /// What the token shall allow.
    pub right: Right,
    /// Who asks, for lists.
    pub created_by: String,
    /// What the token is for, for lists.
    pub description: String,
}

impl TokenRequest {
    /// Asks for a token with this right.
    #[must_use]
    pub fn new(right: Right) -> Self {
        Self { right, created_by: String::new(), description: String::new() }
    }

    /// Says who asks.
    #[must_use]
    pub fn created_by(mut self, who: impl Into<String>) -> Self {
        self.created_by = who.into();
        self
    }

    /// Says what the token is for.
    #[must_use]
    pub fn description(mut self, what: impl Into<String>) -> Self {
        self.description = what.into();
        self
    }
}

/// A new access token. Printing it does not show the token.
#[derive(Clone)]
#[non_exhaustive]
pub struct CreatedToken {
    /// Names the token, and is no secret.
    pub id: String,
    /// When the token expires. None: the server has not said.
    pub expires_at: Option<SystemTime>,
    token: Secret,
}

impl CreatedToken {
    /// The text to connect with. It is a secret, and cannot be had again.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.reveal()
    }
}

impl fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedToken")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .field("token", &self.token)
            .finish()
    }
}

/// Whether a token can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenState {
    /// The token can be used.
    Active,
    /// The token ran out, or it was deactivated.
    Expired,
    /// The token was revoked.
    Revoked,
    /// A state that only a newer server knows.
    Unknown,
}

/// What is known of a token, never its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenInfo {
    /// Names the token.
    pub id: String,
    /// What the token allows, with its expiry.
    pub right: Right,
    /// Who asked for the token.
    pub created_by: String,
    /// What the token is for.
    pub description: String,
    /// When the token was created. None: the server has not said.
    pub created_at: Option<SystemTime>,
    /// Whether the token can be used.
    pub state: TokenState,
}

fn time(timestamp: Option<prost_types::Timestamp>) -> Option<SystemTime> {
    timestamp.and_then(|timestamp| timestamp.try_into().ok())
}

impl From<TokenRequest> for proto::CreateTokenRequest {
    fn from(request: TokenRequest) -> Self {
        let right = request.right;
        let grants = right.tenant_grants.into_iter().map(|grant| proto::TenantGrant {
            tenant_ids: grant.tenant_ids,
            allow_channels_pub: grant.allow_channels_pub,
            allow_channels_sub: grant.allow_channels_sub,
        });
        let right = proto::Right {
            tenant_grants: grants.collect(),
            allow_ip_masks: right.allow_ip_masks,
            allow_regions: right.allow_regions,
            allowed_ws_origin: right.allowed_ws_origin,
            expires_at: right.expires_at.map(Into::into),
        };
        Self { right: Some(right), created_by: request.created_by, description: request.description }
    }
}

impl From<proto::CreateTokenResponse> for CreatedToken {
    fn from(created: proto::CreateTokenResponse) -> Self {
        Self { id: created.token_id, expires_at: time(created.expires_at), token: Secret::new(created.token) }
    }
}

impl From<proto::Right> for Right {
    fn from(right: proto::Right) -> Self {
        let grants = right.tenant_grants.into_iter().map(|grant| TenantGrant {
            tenant_ids: grant.tenant_ids,
            allow_channels_pub: grant.allow_channels_pub,
            allow_channels_sub: grant.allow_channels_sub,
        });
        Self {
            tenant_grants: grants.collect(),
            allow_ip_masks: right.allow_ip_masks,
            allow_regions: right.allow_regions,
            allowed_ws_origin: right.allowed_ws_origin,
            expires_at: time(right.expires_at),
        }
    }
}

impl From<proto::TokenInfo> for TokenInfo {
    fn from(info: proto::TokenInfo) -> Self {
        let state = match info.state() {
            proto::TokenState::Active => TokenState::Active,
            proto::TokenState::Expired => TokenState::Expired,
            proto::TokenState::Revoked => TokenState::Revoked,
            proto::TokenState::Unspecified => TokenState::Unknown,
        };
        Self {
            id: info.token_id,
            right: info.right.unwrap_or_default().into(),
            created_by: info.created_by,
            description: info.description,
            created_at: time(info.created_at),
            state,
        }
    }
}

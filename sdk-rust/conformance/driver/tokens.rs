use std::time::SystemTime;

use fastpubsub::{CreatedToken, Right, TenantGrant, TokenClient, TokenInfo, TokenRequest, TokenState};

use crate::answer::Failure;
use crate::generated::contract;
use crate::generated::pipe::{TokenAnswer, TokenCommand, success::Value, token_answer, token_command::Call};

/// Makes a token client, makes the call, and lets the client go.
pub(crate) async fn call(command: TokenCommand) -> Result<Value, Failure> {
    let mut builder = TokenClient::builder(command.server).master_token(command.master_token);
    if let Some(ca) = command.ca_pem {
        builder = builder.ca(ca);
    }
    let tokens = builder.build()?;
    let answer = match command.call {
        Some(Call::Create(create)) => create_token(&tokens, create).await?,
        Some(Call::Refresh(refresh)) => {
            let expires_at = time(refresh.expires_at)?.unwrap_or(SystemTime::UNIX_EPOCH);
            let in_force = tokens.refresh(&refresh.token_id, expires_at).await?;
            let new_expires_at = Some(in_force.into());
            token_answer::Answer::Refresh(contract::RefreshTokenResponse { new_expires_at, ..Default::default() })
        }
        Some(Call::Revoke(revoke)) => {
            let named = if revoke.token.is_empty() { revoke.token_id } else { revoke.token };
            tokens.revoke(&named).await?;
            token_answer::Answer::Revoke(contract::RevokeTokenResponse::default())
        }
        Some(Call::List(list)) => {
            let all = tokens.list(&list.client_id).await?;
            let tokens = all.into_iter().map(info).collect();
            token_answer::Answer::List(contract::ListTokensResponse { tokens, ..Default::default() })
        }
        None => return Err(Failure::Unsupported("a call that this driver does not know".into())),
    };
    Ok(Value::Token(TokenAnswer { answer: Some(answer), debug_text: format!("{tokens:?}\n{tokens:#?}") }))
}

async fn create_token(
    tokens: &TokenClient,
    create: contract::CreateTokenRequest,
) -> Result<token_answer::Answer, Failure> {
    let request = TokenRequest::new(right(create.right.unwrap_or_default())?)
        .created_by(create.created_by)
        .description(create.description);
    Ok(token_answer::Answer::Create(created(&tokens.create(request).await?)))
}

fn created(created: &CreatedToken) -> contract::CreateTokenResponse {
    contract::CreateTokenResponse {
        token: created.token().to_owned(),
        token_id: created.id.clone(),
        expires_at: created.expires_at.map(Into::into),
    }
}

fn right(asked: contract::Right) -> Result<Right, Failure> {
    let mut right = Right::new(SystemTime::UNIX_EPOCH);
    right.expires_at = time(asked.expires_at)?;
    right.allow_ip_masks = asked.allow_ip_masks;
    right.allow_regions = asked.allow_regions;
    right.allowed_ws_origin = asked.allowed_ws_origin;
    let grants = asked.tenant_grants.into_iter().map(|grant| {
        TenantGrant::new(grant.tenant_ids).allow_pub(grant.allow_channels_pub).allow_sub(grant.allow_channels_sub)
    });
    right.tenant_grants = grants.collect();
    Ok(right)
}

fn info(info: TokenInfo) -> contract::TokenInfo {
    let state = match info.state {
        TokenState::Active => contract::TokenState::Active,
        TokenState::Expired => contract::TokenState::Expired,
        TokenState::Revoked => contract::TokenState::Revoked,
        _ => contract::TokenState::Unspecified,
    };
    contract::TokenInfo {
        token_id: info.id,
        right: Some(right_of(info.right)),
        created_by: info.created_by,
        description: info.description,
        created_at: info.created_at.map(Into::into),
        state: state.into(),
    }
}

fn right_of(right: Right) -> contract::Right {
    let grants = right.tenant_grants.into_iter().map(|grant| contract::TenantGrant {
        tenant_ids: grant.tenant_ids,
        allow_channels_pub: grant.allow_channels_pub,
        allow_channels_sub: grant.allow_channels_sub,
    });
    contract::Right {
        tenant_grants: grants.collect(),
        allow_ip_masks: right.allow_ip_masks,
        allow_regions: right.allow_regions,
        allowed_ws_origin: right.allowed_ws_origin,
        expires_at: right.expires_at.map(Into::into),
    }
}

fn time(timestamp: Option<prost_types::Timestamp>) -> Result<Option<SystemTime>, Failure> {
    let time = timestamp.map(SystemTime::try_from).transpose();
    time.map_err(|error| Failure::Fault(format!("a time that is none: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_goes_both_ways() {
        let texts = |text: &str| vec![text.to_owned()];
        let asked = contract::Right {
            tenant_grants: vec![contract::TenantGrant {
                tenant_ids: texts("t"),
                allow_channels_pub: texts("p"),
                allow_channels_sub: texts("s"),
            }],
            allow_ip_masks: texts("10.0.0.0/8"),
            allow_regions: texts("eu"),
            allowed_ws_origin: texts("https://example.org"),
            expires_at: Some(prost_types::Timestamp { seconds: 1_800_000_000, nanos: 0 }),
        };
        assert_eq!(right_of(right(asked.clone()).unwrap()), asked);
        assert_eq!(right(contract::Right::default()).unwrap().expires_at, None);
    }
}

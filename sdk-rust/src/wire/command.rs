use bytes::Bytes;
use prost::Message;

use crate::generated::{
    AuthenticateCommand, PingCommand, SessionRequest, SubscribeCommand, UnsubscribeCommand, session_request::Command,
};
use crate::secret::Secret;

fn encode(command: Command) -> Bytes {
    SessionRequest { command: Some(command) }.encode_to_vec().into()
}

pub(crate) fn subscribe(request_id: u64, tenant: &str, pattern: &str) -> Bytes {
    encode(Command::Subscribe(SubscribeCommand { request_id, tenant: tenant.into(), pattern: pattern.into() }))
}

pub(crate) fn unsubscribe(request_id: u64, tenant: &str, pattern: &str) -> Bytes {
    encode(Command::Unsubscribe(UnsubscribeCommand { request_id, tenant: tenant.into(), pattern: pattern.into() }))
}

/// The result holds the token.
pub(crate) fn authenticate(request_id: u64, token: &Secret) -> Bytes {
    encode(Command::Authenticate(AuthenticateCommand { request_id, token: token.reveal().into() }))
}

pub(crate) fn ping(request_id: u64) -> Bytes {
    encode(Command::Ping(PingCommand { request_id }))
}

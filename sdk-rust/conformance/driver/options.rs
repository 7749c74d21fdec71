use std::future::{Ready, ready};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use fastpubsub::{Client, ClientBuilder, TokenSourceError};
use parking_lot::Mutex;

use crate::answer::Failure;
use crate::generated::pipe::{self, ClientOptions, OpenCommand, event};
use crate::output::Output;

/// Bounds that the pipe has no option for: the SDK's defaults.
const MESSAGES: usize = 65536;
const BYTES: usize = 8 << 20;

/// The SDK's settings that a command asks for, apart from the handlers and the token
/// source.
pub(crate) fn of(command: &OpenCommand) -> Result<ClientBuilder, Failure> {
    let mut builder = Client::builder(&command.url);
    if !command.use_token_source {
        builder = builder.token(&command.token);
    }
    if let Some(timeout) = command.timeout {
        builder = builder.connect_timeout(duration(timeout)?);
    }
    match &command.options {
        Some(options) => limits(security(builder, options), options),
        None => Ok(builder),
    }
}

fn security(mut builder: ClientBuilder, options: &ClientOptions) -> ClientBuilder {
    if let Some(ca) = &options.ca_pem {
        builder = builder.ca(ca);
    }
    if let Some(certificate) = &options.certificate_pem {
        builder = builder.client_certificate(certificate, options.key_pem());
    }
    if options.insecure_skip_verify() {
        builder = builder.insecure_skip_verify();
    }
    builder
}

fn limits(mut builder: ClientBuilder, options: &ClientOptions) -> Result<ClientBuilder, Failure> {
    match (options.back_off_min, options.back_off_max) {
        (Some(min), Some(max)) => builder = builder.backoff(duration(min)?, duration(max)?),
        (None, None) => {}
        _ => return Err(Failure::Unsupported("this SDK sets both bounds of the back-off or none".into())),
    }
    if let Some(messages) = options.subscription_buffer_messages {
        builder = builder.subscription_buffer(messages as usize, BYTES);
    }
    if let Some(bytes) = options.publish_buffer_bytes {
        builder = builder.publish_buffer(MESSAGES, bytes as usize);
    }
    Ok(builder)
}

/// A time that the runner gives.
pub(crate) fn duration(duration: prost_types::Duration) -> Result<Duration, Failure> {
    duration.try_into().map_err(|error| Failure::Fault(format!("a time that is none: {error}")))
}

/// A token source that gives what the runner has supplied, and says each time that it
/// was asked.
pub(crate) fn source(
    client: u64,
    token: Arc<Mutex<String>>,
    output: Arc<Output>,
) -> impl Fn() -> Ready<Result<String, TokenSourceError>> + Send + Sync {
    move || {
        output.event(event::Event::TokenRequested(pipe::TokenRequested { client }));
        let token = token.lock().clone();
        ready(if token.is_empty() { Err(io::Error::other("the runner supplies no token").into()) } else { Ok(token) })
    }
}

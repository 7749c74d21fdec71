use std::num::NonZeroU32;

use fastpubsub::Client;
use lexopt::{Arg, Parser, ValueExt};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Receive,
    Publish,
    Latency,
    Subscriptions,
    Start,
}

/// The command line, with the token of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) measure: Measure,
    pub(crate) url: String,
    pub(crate) tenant: String,
    pub(crate) channel: String,
    /// How many messages are measured.
    pub(crate) messages: u64,
    /// How many come before those.
    pub(crate) warm_up: u64,
    pub(crate) payload_bytes: usize,
    /// Messages a second.
    pub(crate) rate: NonZeroU32,
    /// Unacknowledged publishes at a time, at most.
    pub(crate) in_flight: usize,
    pub(crate) subscriptions: usize,
}

/// What is wrong with the command line.
#[derive(Debug)]
pub(crate) struct Wrong(pub(crate) String);

impl From<lexopt::Error> for Wrong {
    fn from(error: lexopt::Error) -> Self {
        Self(error.to_string())
    }
}

impl Arguments {
    pub(crate) fn read(mut parser: Parser) -> Result<Self, Wrong> {
        let (mut measure, mut url) = (None, None);
        let mut read = Self {
            measure: Measure::Start,
            url: String::new(),
            tenant: "~".into(),
            channel: "bench".into(),
            messages: 100_000,
            warm_up: 0,
            payload_bytes: 128,
            rate: NonZeroU32::new(1000).unwrap_or(NonZeroU32::MIN),
            in_flight: 1024,
            subscriptions: 10_000,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("measure") => measure = Some(measure_named(&parser.value()?.string()?)?),
                Arg::Long("url") => url = Some(parser.value()?.string()?),
                Arg::Long("tenant") => read.tenant = parser.value()?.string()?,
                Arg::Long("channel") => read.channel = parser.value()?.string()?,
                Arg::Long("messages") => read.messages = parser.value()?.parse()?,
                Arg::Long("warm-up") => read.warm_up = parser.value()?.parse()?,
                Arg::Long("payload-bytes") => read.payload_bytes = parser.value()?.parse()?,
                Arg::Long("rate") => read.rate = parser.value()?.parse()?,
                Arg::Long("in-flight") => read.in_flight = parser.value()?.parse()?,
                Arg::Long("subscriptions") => read.subscriptions = parser.value()?.parse()?,
                unknown => return Err(unknown.unexpected().into()),
            }
        }
        read.measure = measure.ok_or_else(|| Wrong("--measure is missing".into()))?;
        read.url = url.ok_or_else(|| Wrong("--url is missing".into()))?;
        if read.messages == 0 || read.in_flight == 0 {
            return Err(Wrong("--messages and --in-flight must be positive".into()));
        }
        Ok(read)
    }

    /// The messages that are measured, and those before.
    pub(crate) fn total(&self) -> u64 {
        self.warm_up + self.messages
    }

    pub(crate) async fn connect(&self) -> Result<Client, fastpubsub::Error> {
        let token = std::env::var("FASTPUBSUB_TOKEN").unwrap_or_default();
        Client::builder(&self.url).token(token).connect().await
    }
}

fn measure_named(name: &str) -> Result<Measure, Wrong> {
    match name {
        "receive" => Ok(Measure::Receive),
        "publish" => Ok(Measure::Publish),
        "latency" => Ok(Measure::Latency),
        "subscriptions" => Ok(Measure::Subscriptions),
        "start" => Ok(Measure::Start),
        other => {
            Err(Wrong(format!("--measure is {other:?}, and must be receive, publish, latency, subscriptions or start")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, Wrong> {
        Arguments::read(Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn a_line() {
        let got = read("--measure latency --url ws://h --warm-up=5 --messages 7 --rate 10").unwrap();
        assert_eq!((got.measure, got.url.as_str(), got.total(), got.rate.get()), (Measure::Latency, "ws://h", 12, 10));
        assert_eq!((got.payload_bytes, got.in_flight, got.subscriptions), (128, 1024, 10_000));
    }

    #[test]
    fn wrong_lines() {
        for (line, want) in [
            ("", "--measure"),
            ("--measure start", "--url"),
            ("--measure speed --url ws://h", "speed"),
            ("--measure start --url ws://h --colour red", "--colour"),
            ("--measure start --url ws://h red", "red"),
            ("--measure start --url ws://h --messages many", "many"),
            ("--measure start --url ws://h --messages 0", "--messages"),
            ("--measure start --url ws://h --rate 0", "0"),
            ("--measure", "--measure"),
        ] {
            let Wrong(problem) = read(line).expect_err(line);
            assert!(problem.contains(want), "{line}: {problem}");
        }
    }
}

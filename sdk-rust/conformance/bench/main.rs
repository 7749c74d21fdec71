//! Measures this SDK against a server: receiving, publishing, latency, the memory of
//! subscriptions, or the start. It prints JSON lines and nothing else on its standard
//! output; the access token comes from the environment variable `FASTPUBSUB_TOKEN`.

mod arguments;
mod latency;
mod meter;
mod numbered;
mod publish;
mod receive;
mod start;
mod subscriptions;

use std::alloc::System;
use std::io::{self, Write};
use std::process::ExitCode;

use arguments::{Arguments, Measure, Wrong};
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Why a measurement failed.
type Failure = Box<dyn std::error::Error + Send + Sync>;

const WRONG_USE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match Arguments::read(lexopt::Parser::from_env()) {
        Ok(arguments) => arguments,
        Err(Wrong(problem)) => return complain(&problem, WRONG_USE),
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => complain(&format!("{failure:#}"), 1),
    }
}

fn complain(problem: &str, code: u8) -> ExitCode {
    // Nobody is left to tell when this fails, too.
    let _ = writeln!(io::stderr(), "bench: {problem}");
    ExitCode::from(code)
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let measured = runtime.block_on(async {
        match arguments.measure {
            Measure::Receive => receive::run(arguments).await,
            Measure::Publish => publish::run(arguments).await,
            Measure::Latency => latency::run(arguments).await,
            Measure::Subscriptions => subscriptions::run(arguments).await,
            Measure::Start => start::run(arguments).await,
        }
    });
    // What a measurement has left may end by itself.
    runtime.shutdown_background();
    measured
}

/// Prints one line.
fn print(line: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

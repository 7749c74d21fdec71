//! The conformance driver: the remote control of this SDK. It reads commands from its
//! standard input and writes results and events to its standard output, as
//! `proto/fastpubsub/conformance/v1/driver.proto` says.

mod answer;
mod client;
mod driver;
mod generated;
mod options;
mod output;
mod publish;
mod running;
mod sdk_runtime;
mod subscription;
#[cfg(test)]
mod tests;
mod tokens;
mod wire;

use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use driver::Driver;
use output::Output;
use sdk_runtime::SdkRuntime;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Nobody is left to tell when this fails, too.
            let _ = writeln!(io::stderr(), "driver: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let pipe = take_stdout()?;
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(io::stderr)
        .init();
    let sdk = SdkRuntime::new()?;
    let own = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let output = Arc::new(Output::new(Box::new(pipe)));
    let driver = Arc::new(Driver::new(output.clone(), sdk, own.handle().clone()));
    let served = own.block_on(driver.serve(wire::read_all(io::stdin())));
    served.and_then(|()| output.failure().map_or(Ok(()), Err))
}

/// Takes the standard output away from everybody else: a stray print goes to the
/// standard error and not between the frames.
fn take_stdout() -> io::Result<File> {
    let pipe = rustix::io::dup(rustix::stdio::stdout())?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(File::from(pipe))
}

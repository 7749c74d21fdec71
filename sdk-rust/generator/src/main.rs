//! Writes generated sources from the contract in `proto/`: for the crate `fastpubsub`
//! the messages, the clients of the services, and the table of the error catalogue; for
//! the conformance driver its messages. It needs nothing that is not in the lock file.
//!
//! `cargo run -p fastpubsub-generator -- PROTO_DIRECTORY OUTPUT_DIRECTORY DRIVER_DIRECTORY`

mod catalogue;
mod messages;

use std::error::Error;
use std::path::{Path, PathBuf};

const CONTRACT: [&str; 3] =
    ["fastpubsub/v1/pubsub_service.proto", "fastpubsub/v1/token_service.proto", "fastpubsub/v1/error.proto"];
const DRIVER: [&str; 1] = ["fastpubsub/conformance/v1/driver.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [protos, output, driver] = &arguments[..] else {
        return Err("give the directory of the contract, and two to write to: for the crate, for the driver".into());
    };
    let contract = compile(protos, &CONTRACT)?;
    messages::write(&contract.encode_file_descriptor_set(), output)?;
    catalogue::write(&contract.descriptor_pool(), output)?;
    messages::write_plain(&compile(protos, &DRIVER)?.encode_file_descriptor_set(), driver)?;
    Ok(())
}

fn compile(protos: &Path, files: &[&str]) -> Result<protox::Compiler, protox::Error> {
    let mut compiler = protox::Compiler::new([protos])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(files)?;
    Ok(compiler)
}

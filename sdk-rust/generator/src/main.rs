//! Writes the generated sources of the crate `fastpubsub` from the contract in
//! `proto/`: the messages, the clients of the services, and the table of the
//! error catalogue. It needs nothing that is not in the lock file.
//!
//! `cargo run -p fastpubsub-generator -- PROTO_DIRECTORY OUTPUT_DIRECTORY`

mod catalogue;
mod messages;

use std::error::Error;
use std::path::PathBuf;

const CONTRACT: [&str; 3] =
    ["fastpubsub/v1/pubsub_service.proto", "fastpubsub/v1/token_service.proto", "fastpubsub/v1/error.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(protos), Some(output), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("give the directory of the contract and the directory to write to".into());
    };
    let mut compiler = protox::Compiler::new([&protos])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(CONTRACT)?;
    messages::write(&compiler.encode_file_descriptor_set(), &output)?;
    catalogue::write(&compiler.descriptor_pool(), &output)?;
    Ok(())
}

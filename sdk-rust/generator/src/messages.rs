//! The messages, and the clients of the services.

use std::io;
use std::path::Path;

use prost::Message;
use tonic_prost_build::FileDescriptorSet;

/// The messages that hold a secret: they get no derived `Debug`.
const SECRET: [&str; 3] =
    [".fastpubsub.v1.AuthenticateCommand", ".fastpubsub.v1.CreateTokenResponse", ".fastpubsub.v1.RevokeTokenRequest"];

/// Writes `fastpubsub.v1.rs`. The descriptors come encoded, so that the compiler
/// and the generator need not agree on a version of their types.
pub(crate) fn write(descriptors: &[u8], output: &Path) -> io::Result<()> {
    let descriptors = FileDescriptorSet::decode(descriptors)?;
    let mut prost = tonic_prost_build::Config::new();
    prost.bytes(["."]).skip_debug(SECRET);
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        .emit_rerun_if_changed(false)
        .client_mod_attribute(".", "#[cfg(feature = \"grpc\")]")
        .out_dir(output)
        .compile_fds_with_config(descriptors, prost)
}

/// Writes a file for each package, with nothing but messages.
pub(crate) fn write_plain(descriptors: &[u8], output: &Path) -> io::Result<()> {
    let descriptors = FileDescriptorSet::decode(descriptors)?;
    let mut prost = tonic_prost_build::Config::new();
    prost.bytes(["."]).out_dir(output).compile_fds(descriptors)
}

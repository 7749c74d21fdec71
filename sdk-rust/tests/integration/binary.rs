//! Where the server's program is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The path of the server's program.
pub(crate) fn path() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("FASTPUBSUB_SERVER_BINARY") {
        Some(path) => PathBuf::from(path),
        None => build(),
    })
}

fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let binary = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fastpubsub");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&binary)
        .arg("./server/cmd/fastpubsub")
        .current_dir(root)
        .status()
        .expect("FASTPUBSUB_SERVER_BINARY is not set, and the Go toolchain to build the server is missing");
    assert!(built.success(), "the server could not be built; FASTPUBSUB_SERVER_BINARY may name one");
    binary
}

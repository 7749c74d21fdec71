//! Tells the driver which compiler builds it.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let compiler = std::env::var_os("RUSTC").expect("cargo names the compiler");
    let said = Command::new(compiler).arg("--version").output().expect("the compiler runs").stdout;
    println!("cargo::rustc-env=COMPILER={}", String::from_utf8_lossy(&said).trim());
}

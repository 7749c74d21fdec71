//! The table of the error catalogue, from the options at the values of the enum
//! `ErrorReason`.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use prost_reflect::{DescriptorPool, DynamicMessage, EnumValueDescriptor};

const PREFIX: &str = "ERROR_REASON_";

/// Writes `catalogue.rs`.
pub(crate) fn write(pool: &DescriptorPool, output: &Path) -> Result<(), Box<dyn Error>> {
    let reasons = pool.get_enum_by_name("fastpubsub.v1.ErrorReason").ok_or("the contract has no ErrorReason")?;
    let mut text = String::from(
        "// This file is generated from error.proto. Do not change it.\n\
         /// Every reason of the contract: its number, its text, and whether to retry.\n\
         pub(crate) const CATALOGUE: &[(i32, &str, Retry)] = &[\n",
    );
    for value in reasons.values().filter(|value| value.number() != 0) {
        let name = value.name().trim_start_matches(PREFIX);
        let retry = retry(pool, &value)?;
        writeln!(text, "    ({}, \"{name}\", Retry::{retry}),", value.number())?;
    }
    text.push_str("];\n");
    fs::write(output.join("catalogue.rs"), text)?;
    Ok(())
}

/// The variant of `Retry` in the crate.
fn retry(pool: &DescriptorPool, value: &EnumValueDescriptor) -> Result<&'static str, Box<dyn Error>> {
    let traits = pool.get_extension_by_name("fastpubsub.v1.traits").ok_or("the contract has no extension traits")?;
    let options = value.options();
    let traits = options.get_extension(&traits);
    let traits: &DynamicMessage = traits.as_message().ok_or("the traits are no message")?;
    let retry =
        traits.get_field_by_name("retry").and_then(|retry| retry.as_enum_number()).ok_or("the traits have no retry")?;
    Ok(match retry {
        2 => "FreshToken",
        3 => "Later",
        4 => "Yes",
        _ => "No",
    })
}

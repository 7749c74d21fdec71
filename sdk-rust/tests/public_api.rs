//! The public surface is what `api.txt` says, so that a change of it is seen by whoever
//! reviews. After a change that is meant, run
//! `FASTPUBSUB_API_WRITE=1 cargo test --test public_api`.
//!
//! The list is made from the sources: the lint `unreachable_pub` sees to it that whatever
//! is `pub` there can be reached.

use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::{Fields, ImplItem, Item, TraitItem, Visibility};

#[test]
fn the_public_api_is_the_reviewed_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut lines = Vec::new();
    for file in sources(&root.join("src")) {
        let text = fs::read_to_string(&file).expect("a source");
        for item in syn::parse_file(&text).expect("valid Rust").items {
            describe(&item, &mut lines);
        }
    }
    lines.sort();
    let found = lines.join("\n") + "\n";
    let list = root.join("api.txt");
    if std::env::var_os("FASTPUBSUB_API_WRITE").is_some() {
        fs::write(&list, &found).expect("api.txt can be written");
    }
    let reviewed = fs::read_to_string(&list).expect("api.txt");
    let differences: Vec<_> = found
        .lines()
        .filter(|line| !reviewed.lines().any(|other| other == *line))
        .map(|line| format!("+ {line}"))
        .chain(
            reviewed.lines().filter(|line| !found.lines().any(|other| other == *line)).map(|line| format!("- {line}")),
        )
        .collect();
    assert!(found == reviewed, "the public API is not that of api.txt:\n{}", differences.join("\n"));
}

/// The files that define something public; tests and generated code do not.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the sources").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| !path.to_string_lossy().contains("generated"))
        .collect();
    files.sort();
    files
}

fn describe(item: &Item, lines: &mut Vec<String>) {
    match item {
        Item::Use(item) if is_public(&item.vis) => lines.push(text(item)),
        Item::Type(item) if is_public(&item.vis) => lines.push(without_docs(item)),
        Item::Struct(item) if is_public(&item.vis) => {
            lines.push(format!("{}{} struct {}{}", attributes(&item.attrs), "pub", item.ident, text(&item.generics)));
            if let Fields::Named(fields) = &item.fields {
                for field in fields.named.iter().filter(|field| is_public(&field.vis)) {
                    let name = field.ident.as_ref().expect("a name");
                    lines.push(format!("{}::{name}: {}", item.ident, text(&field.ty)));
                }
            }
        }
        Item::Enum(item) if is_public(&item.vis) => {
            lines.push(format!("{}pub enum {}", attributes(&item.attrs), item.ident));
            for variant in &item.variants {
                lines.push(format!("{}::{}", item.ident, without_docs(variant)));
            }
        }
        Item::Trait(item) if is_public(&item.vis) => {
            lines.push(format!("pub trait {}: {}", item.ident, text(&item.supertraits)));
            for method in &item.items {
                if let TraitItem::Fn(method) = method {
                    lines.push(format!("{}::{}", item.ident, text(&method.sig)));
                }
            }
        }
        Item::Impl(item) => {
            let owner = text(&item.self_ty);
            if let Some((_, implemented, _)) = &item.trait_ {
                lines.push(format!("impl{} {} for {owner}", text(&item.generics), text(implemented)));
            }
            for member in &item.items {
                match member {
                    ImplItem::Fn(method) if is_public(&method.vis) => {
                        lines.push(format!("{owner}::{}", text(&method.sig)));
                    }
                    _ => {}
                }
            }
        }
        // Its variants are the reasons.
        Item::Macro(item) if item.mac.path.is_ident("reasons") => {
            lines.push("pub enum Reason".into());
            let tokens = item.mac.tokens.clone().into_iter();
            let names = tokens.filter(|token| matches!(token, proc_macro2::TokenTree::Ident(_)));
            lines.extend(names.map(|name| format!("Reason::{name}")));
        }
        _ => {}
    }
    // Of the traits only those matter that public types implement.
    lines.retain(|line| !line.starts_with("impl") || is_of_public_type(line));
}

const PUBLIC_TYPES: [&str; 25] = [
    "Client",
    "ClientBuilder",
    "CreatedToken",
    "DeliveryMode",
    "Error",
    "Event",
    "Lagged",
    "Message",
    "MessageId",
    "Publish<'a>",
    "Publish<'_>",
    "Reason",
    "Right",
    "State",
    "Status",
    "Subscribe<'a>",
    "Subscribe<'_>",
    "Subscription",
    "TenantGrant",
    "TokenClient",
    "TokenClientBuilder",
    "TokenInfo",
    "TokenRequest",
    "TokenSourceError",
    "F",
];

fn is_of_public_type(line: &str) -> bool {
    let owner = line.rsplit(" for ").next().unwrap_or_default();
    let internal = ["Fault", "proto::"].iter().any(|name| line.contains(name));
    PUBLIC_TYPES.contains(&owner) && !internal
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The derives, and whether matching has to be open.
fn attributes(attributes: &[syn::Attribute]) -> String {
    let shown = attributes.iter().filter(|attribute| {
        let path = attribute.path();
        path.is_ident("derive") || path.is_ident("non_exhaustive")
    });
    shown.map(|attribute| text(attribute) + " ").collect()
}

fn without_docs(tokens: &impl ToTokens) -> String {
    let stream = tokens.to_token_stream().to_string();
    let kept: Vec<&str> =
        stream.split("# [doc =").map(|part| part.rsplit_once("\"]").map_or(part, |(_, rest)| rest)).collect();
    let kept: String = kept.concat().replace("# [default]", "");
    tidy(&kept)
}

fn text(tokens: &impl ToTokens) -> String {
    tidy(&tokens.to_token_stream().to_string())
}

/// Token streams have a space between any two tokens.
fn tidy(tokens: &str) -> String {
    let mut text = tokens.split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in [
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        (" :: ", "::"),
        (" : ", ": "),
        (" < ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ;", ";"),
        ("# [", "#["),
        ("< ", "<"),
        (",)", ")"),
        (" :", ":"),
        ("->", " ->"),
        ("  ->", " ->"),
        ("- >", "->"),
    ] {
        text = text.replace(from, to);
    }
    text
}

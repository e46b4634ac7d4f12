//! `cargo xtask size`: what the package costs those who import it.

mod budget;
mod bundle;
mod entries;
mod rust_app;

use anyhow::Result;

use crate::build;
use crate::project::Project;
use crate::setup::{self, Need};
use bundle::Bundle;
use xtask::weight::Weight;

/// The libraries to compare with: a name, and a page that uses it as one would.
const PEERS: &[(&str, &str)] = &[
    (
        "keycloak-js",
        r#"import Keycloak from "keycloak-js"; globalThis.x = Keycloak;"#,
    ),
    (
        "oidc-client-ts",
        r#"import { UserManager } from "oidc-client-ts"; globalThis.x = UserManager;"#,
    ),
    (
        "@axa-fr/oidc-client",
        r#"import { OidcClient } from "@axa-fr/oidc-client"; globalThis.x = OidcClient;"#,
    ),
    (
        "@supabase/auth-js",
        r#"import { AuthClient } from "@supabase/auth-js"; globalThis.x = AuthClient;"#,
    ),
    (
        "axios + axios-auth-refresh + jwt-decode",
        r#"import axios from "axios"; import * as refresh from "axios-auth-refresh"; import { jwtDecode } from "jwt-decode";
globalThis.x = [axios, refresh.createAuthRefresh ?? refresh.default, jwtDecode];"#,
    ),
    (
        "@auth0/auth0-spa-js",
        r#"import { createAuth0Client } from "@auth0/auth0-spa-js"; globalThis.x = createAuth0Client;"#,
    ),
    (
        "better-auth/client",
        r#"import { createAuthClient } from "better-auth/client"; globalThis.x = createAuthClient;"#,
    ),
];

const DEFAULT: &str = r#"import { createAuth } from "hallpass"; globalThis.x = createAuth;"#;
const SLIM: &str =
    r#"import { createAuth, load } from "hallpass/slim"; globalThis.x = [createAuth, load];"#;

/// Prints everything, and holds the default import against the budget.
pub(crate) fn size(project: &Project, update: bool) -> Result<()> {
    setup::ensure(project, &[Need::Peers])?;
    let module = build::build(project)?;
    let package = project.root.join("pkg");

    let whole = Bundle::make(project, &package, DEFAULT, &[])?;
    let engine = whole.engine()?;
    let Bundle {
        eager: default,
        lazy,
    } = whole;
    println!("{:<44} {:>8} {:>8}", "bytes", "minified", "brotli");
    row("hallpass, before its engine", &default);
    for (option, weight) in &lazy {
        row(&format!("  on demand: {option}"), weight);
    }
    row(
        "hallpass/slim, its JavaScript",
        &Bundle::make(project, &package, SLIM, &[])?.eager,
    );
    row("hallpass/hallpass.wasm", &Weight::of(&module)?);
    for (entry, weight) in entries::weigh(project, &package, (DEFAULT, &default))? {
        row(&format!("{entry}, on top of hallpass"), &weight);
    }
    println!();
    build::contributors(project)?;

    println!("\npeers, bundled and minified the same way");
    for (name, page) in PEERS {
        row(
            name,
            &Bundle::make(project, &project.bench(), page, &[])?.eager,
        );
    }
    println!();
    budget::hold(project, default.brotli, engine, update)
}

/// What it costs an app in Rust.
pub(crate) fn rust(project: &Project) -> Result<()> {
    rust_app::size(project)
}

/// The check against the budget alone, which is quick.
pub(crate) fn gate(project: &Project) -> Result<()> {
    build::build(project)?;
    let package = project.root.join("pkg");
    let default = Bundle::make(project, &package, DEFAULT, &[])?;
    budget::hold(project, default.eager.brotli, default.engine()?, false)
}

fn row(name: &str, weight: &Weight) {
    println!("{name:<44} {:>8} {:>8}", weight.raw, weight.brotli);
}

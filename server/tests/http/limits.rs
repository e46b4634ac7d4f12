//! The table of limits in the README, and those that have no other place.

use std::path::Path;

use hallpass_server::Config;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::{ADA, PASSWORD, Server, config, server};

/// All text of the Rust files of a folder and below.
fn source(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&source(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    text
}

#[test]
fn each_limit_of_the_table_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = source(root);
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let table = readme.split("\n## Limits\n").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .collect();
    assert!(rows.len() > 15, "{table}");
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        let named: Vec<&str> = cells[3].split(", ").collect();
        for name in named {
            let name = name.trim_matches('`');
            assert!(
                tests.contains(&format!("fn {name}(")),
                "no test {name}: {row}"
            );
        }
    }
}

#[tokio::test]
async fn a_very_long_password_or_address_is_just_wrong() {
    let server = server().await;
    for (email, password) in [
        (format!("{}@example.com", "a".repeat(254)), "x".to_owned()),
        (ADA.to_owned(), "x".repeat(1025)),
    ] {
        let answer = server.try_login("", "jwt", &email, &password).await;
        answer.is_error(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn a_head_without_an_end_is_refused() {
    let server = Server::start(Config {
        faults: false,
        ..config()
    })
    .await;
    let mut stream = TcpStream::connect(server.running.addr()).await.unwrap();
    stream
        .write_all(b"GET /open/echo HTTP/1.1\r\n")
        .await
        .unwrap();
    let field = format!("X-More: {}\r\n", "a".repeat(4096));
    let mut sent = 0;
    // Until the connection is closed. What lies between counts as sent too.
    while stream.write_all(field.as_bytes()).await.is_ok() {
        sent += field.len();
        assert!(sent < 64 << 20, "it reads on and on");
    }
}

#[tokio::test]
async fn only_the_last_hundred_orders_are_kept() {
    let server = server().await;
    let token = server.login("jwt").await.text("access_token");
    for n in 0..103 {
        let order = server.post("/api/jwt/orders").bearer(&token);
        let order = order.json(&json!({ "item": n.to_string() })).send().await;
        assert_eq!(order.status, 201);
    }
    let orders = crate::jwt::orders(&server, &token).await.json();
    let orders = orders["orders"].as_array().unwrap();
    assert_eq!(orders.len(), 100);
    assert_eq!(orders[0]["item"], "3");
}

#[tokio::test]
async fn an_attempt_has_a_short_name() {
    let server = server().await;
    let login = server.try_login("", "jwt", ADA, PASSWORD).await;
    let token = login.text("refresh_token");
    server
        .refresh(&token, Some(&"a".repeat(256)))
        .await
        .is_error(400, "invalid_request");
    let refreshed = server.refresh(&token, Some(&"a".repeat(255))).await;
    assert_eq!(refreshed.status, 200);
}

//! The start and the end of a backend.

use std::time::{Duration, Instant};

use hallpass_server::{Config, Rule};
use tokio::net::TcpStream;

use crate::support::{Server, config, server};

#[tokio::test]
async fn stop_waits_for_no_caller() {
    let server = server().await;
    let rule = Rule {
        path: "/open/echo".to_owned(),
        delay_ms: Some(600_000),
        ..Rule::default()
    };
    server.running.set_rules("default", vec![rule]).unwrap();
    let addr = server.running.addr();
    let _silent = TcpStream::connect(addr).await.unwrap();
    tokio::select! {
        answer = server.get("/open/echo").send() => panic!("no delay: {answer:?}"),
        () = async {
            while server.running.log("default").is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        } => {}
    }
    let start = Instant::now();
    server.running.stop().await;
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn to_drop_it_is_to_stop_it() {
    let server = server().await;
    let addr = server.running.addr();
    drop(server);
    while TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let server = server().await;
    let bind = server.running.addr();
    assert!(
        hallpass_server::start(Config { bind, ..config() })
            .await
            .is_err()
    );
}

#[tokio::test]
async fn two_backends_know_nothing_of_each_other() {
    let (one, two) = (server().await, Server::start(config()).await);
    let login = one.login("session").await;
    let me = two.get("/auth/session/me").cookies_of(&login).send().await;
    me.is_error(401, "unauthorized");
}

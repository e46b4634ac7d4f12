//! Answers to order.

use crate::support::{Server, config, server};
use hallpass_server::Config;

#[tokio::test]
async fn an_answer_is_as_ordered() {
    let server = server().await;
    let order =
        "/open/answer?status=418&header=X-Own:%20a&header=X-Own:%20b&body=short%20and%20stout";
    let answer = server.call("PUT", order).send().await;
    assert_eq!(answer.status, 418);
    let own: Vec<_> = answer.headers.get_all("x-own").iter().collect();
    assert_eq!(own, ["a", "b"]);
    assert_eq!(answer.body, "short and stout");
    let zeros = server.get("/open/answer?bytes=200000").send().await;
    assert_eq!(zeros.body, vec![0; 200_000]);
    let bytes = server.get("/open/answer?base64=%2F%2B8%3D").send().await;
    assert_eq!(&bytes.body[..], [255, 239]);
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused() {
    let server = server().await;
    for order in [
        "status=1000",
        "header=none",
        "header=a b: c",
        "bytes=-1",
        "bytes=999999999999",
        "base64=*",
        "chunks=101",
    ] {
        let answer = server.get(&format!("/open/answer?{}", order.replace(' ', "%20")));
        answer.send().await.is_error(400, "invalid_request");
    }
}

#[tokio::test]
async fn chunks_pass_one_by_one() {
    let server = server().await;
    let chunks = server.get("/open/answer?chunks=3&gate=one").send();
    let passes = async {
        for _ in 0..2 {
            let pass = server.post("/open/gate?one").send().await;
            assert_eq!(pass.status, 204);
        }
    };
    let (answer, ()) = tokio::join!(chunks, passes);
    assert_eq!(answer.body, "chunk 0\nchunk 1\nchunk 2\n");
}

#[tokio::test]
async fn an_answer_breaks_off_as_ordered() {
    let server = server().await;
    let answer = server.get("/open/answer?broken=half&gate=two").try_send();
    let pass = server.post("/open/gate?two").send();
    let (answer, _) = tokio::join!(answer, pass);
    assert!(answer.is_err());
}

#[tokio::test]
async fn nothing_is_to_order_without_faults() {
    let server = Server::start(Config {
        faults: false,
        ..config()
    })
    .await;
    let answer = server.get("/open/answer?status=200").send().await;
    assert_eq!(answer.status, 404);
}

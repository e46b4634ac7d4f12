//! The demo page, driven as a person would: sign in, call, break, recover.

use std::sync::Arc;

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Page, Requests, Suite, backend, by_core, by_engine, tests};
use hallpass_server::{Config, Running, STRICT_CSP};
use serde_json::json;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // How a person meets it.
        by_engine(Mode::JWT).and_by_core(Mode::SESSION).all(Mode::ALL) => the_demo_signs_in_calls_and_signs_out;
        by_engine(Mode::JWT).all(Mode::ALL) => the_demo_works_by_keyboard;
        by_core(Mode::HYBRID).all(Mode::ALL) => the_demo_recovers_from_what_is_broken;
        by_core(Mode::SESSION).all(Mode::ALL) => the_demo_tells_why_a_session_ended;
        by_core(Mode::JWT).all(Mode::ALL) =>
            the_demo_restores_the_session_after_a_reload,
            the_demo_follows_in_a_second_tab;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            the_demo_renews_once_for_fifty_calls,
            the_demo_survives_a_lost_answer,
            the_demo_says_nothing_about_a_mode_that_it_does_not_know_yet;
    );
}

struct Demo<'a> {
    case: &'a Case,
    page: &'a Page,
    backend: Arc<Running>,
}

impl Demo<'_> {
    /// The demo as `cargo xtask demo` serves it, in the mode of the case.
    async fn open(case: &Case) -> Result<Demo<'_>> {
        let port = backend::free_port()?;
        let project = backend::project();
        let backend = case
            .backend(Config {
                bind: ([127, 0, 0, 1], port).into(),
                csp: Some(STRICT_CSP.to_owned()),
                allowed_origins: ["127.0.0.1", "localhost"]
                    .map(|host| format!("http://{host}:{port}"))
                    .to_vec(),
                static_dirs: vec![
                    ("/".to_owned(), project.join("www")),
                    ("/pkg".to_owned(), project.join("pkg")),
                ],
                ..backend::config()
            })
            .await?;
        case.page.goto(&backend.base_url()).await?;
        case.page.clear().await?;
        case.page.reload().await?;
        case.page.until_text("status", "signed out").await?;
        case.page
            .click(&format!("mode-{}", case.mode.kind()))
            .await?;
        case.page
            .until_text("config", &format!("mode: \"{}\"", case.mode.kind()))
            .await?;
        case.page.until_text("status", "signed out").await?;
        Ok(Demo {
            case,
            page: &case.page,
            backend,
        })
    }

    async fn sign_in(&self) -> Result<()> {
        self.page.click("sign-in").await?;
        self.page.until_text("status", "signed in").await?;
        Ok(())
    }

    async fn break_it(&self, fault: &str, note: &str) -> Result<()> {
        self.page.click(&format!("fault-{fault}")).await?;
        // What it says when the backend has done it.
        let script = "await new Promise((resolve, reject) => {
            const end = performance.now() + 15_000;
            const look = () => {
              if (document.getElementById('fault-note').textContent.includes(args.note)) resolve();
              else if (performance.now() > end) reject(new Error(`no note ${args.note}`));
              else setTimeout(look, 5);
            };
            look();
          });";
        self.page.run(script, json!({ "note": note })).await
    }

    async fn undo(&self) -> Result<()> {
        self.break_it("reset", "All is well again").await
    }

    async fn call(&self, which: &str, result: &str) -> Result<String> {
        self.page.click(which).await?;
        self.page.until_text("call-result", result).await
    }

    fn log(&self) -> Requests {
        Requests(self.backend.log("default"))
    }

    fn refreshes(&self) -> usize {
        self.log()
            .to(&self.case.mode.auth("refresh"))
            .only(|entry| entry.status == Some(200))
            .count()
    }
}

async fn the_demo_signs_in_calls_and_signs_out(case: &Case) -> Result<()> {
    let demo = Demo::open(case).await?;
    let page = demo.page;
    page.fill("password", "wrong").await?;
    page.click("sign-in").await?;
    page.until_text("error", "invalid_credentials").await?;
    page.fill("password", "correct horse").await?;
    demo.sign_in().await?;
    page.until_text("user", "Ada").await?;
    if case.mode != Mode::Session {
        page.until_text("countdown", "s left of 20 s").await?;
    }
    demo.call("call-one", "200").await?;
    demo.call("call-post", "201").await?;
    let foreign = demo
        .call("call-foreign", "credential that arrived there")
        .await?;
    assert!(foreign.contains("there: none"), "{foreign}");
    page.until_text("count-requests", "3").await?;
    page.until_text("journal", "signed in").await?;
    let text: String = page
        .run("return document.body.innerText;", json!({}))
        .await?;
    assert!(
        !text.contains("eyJ") && !text.contains("correct horse"),
        "{text}"
    );

    page.click("sign-out").await?;
    page.until_text("status", "signed out").await?;
    page.until_text("reason", "(logout)").await?;
    demo.call("call-one", "401").await?;
    // The page does not wait for it.
    case.until_log_of(
        || demo.log(),
        "the answer to the logout",
        |log| log.to(&case.mode.auth("logout")).statuses() == [204],
    )
    .await?;
    Ok(())
}

async fn the_demo_works_by_keyboard(case: &Case) -> Result<()> {
    const ENTER: &str = "\u{E007}";
    let demo = Demo::open(case).await?;
    let page = demo.page;
    page.fill("email", "grace@example.com").await?;
    page.fill("password", &format!("battery staple{ENTER}"))
        .await?;
    page.until_text("status", "signed in").await?;
    page.until_text("user", "grace@example.com").await?;
    page.element("call-one").await?.send_keys(ENTER).await?;
    page.until_text("call-result", "200").await?;
    page.element("sign-out").await?.send_keys(ENTER).await?;
    page.until_text("status", "signed out").await?;
    Ok(())
}

async fn the_demo_recovers_from_what_is_broken(case: &Case) -> Result<()> {
    let demo = Demo::open(case).await?;
    demo.sign_in().await?;
    demo.break_it("down", "on").await?;
    demo.call("call-one", "503").await?;
    demo.page.until_text("status", "signed in").await?;
    demo.undo().await?;
    demo.call("call-one", "200").await?;

    if case.mode != Mode::Session {
        demo.break_it("expire", "refused from now on").await?;
        demo.call("call-one", "200").await?;
    }
    if case.mode.kind() != "jwt" {
        demo.break_it("csrf", "rotated").await?;
        demo.call("call-post", "201").await?;
    }
    demo.break_it("clock", "on").await?;
    demo.call("call-one", "200").await?;
    demo.undo().await?;
    demo.call("call-post", "201").await?;
    demo.page.until_text("status", "signed in").await?;
    Ok(())
}

async fn the_demo_renews_once_for_fifty_calls(case: &Case) -> Result<()> {
    let demo = Demo::open(case).await?;
    demo.sign_in().await?;
    let before = demo.refreshes();
    demo.break_it("expire", "refused from now on").await?;
    demo.call("call-fifty", "50 × 200").await?;
    assert_eq!(demo.refreshes() - before, 1);
    Ok(())
}

async fn the_demo_survives_a_lost_answer(case: &Case) -> Result<()> {
    let demo = Demo::open(case).await?;
    demo.sign_in().await?;
    demo.break_it("lost", "will be lost").await?;
    demo.break_it("expire", "refused from now on").await?;
    let before = demo.refreshes();
    demo.page.click("call-one").await?;
    case.run::<()>(
        "const end = performance.now() + 15_000;
         const read = () => document.querySelector('[data-testid=call-result]').textContent;
         while (!read().startsWith('200')) {
           if (performance.now() > end) throw new Error(`still ${read()}`);
           await new Promise((resolve) => setTimeout(resolve, 100));
           document.querySelector('[data-testid=call-one]').click();
           await new Promise((resolve) => setTimeout(resolve, 100));
         }",
    )
    .await?;
    assert_eq!(demo.refreshes() - before, 1);
    demo.page.until_text("status", "signed in").await?;
    Ok(())
}

async fn the_demo_says_nothing_about_a_mode_that_it_does_not_know_yet(case: &Case) -> Result<()> {
    let demo = Demo::open(case).await?;
    let [before, after]: [String; 2] = case
        .run(
            "const status = document.querySelector('[data-testid=status]');
             const shown = [status.textContent];
             const changed = new Promise((resolve) => {
               const look = (changes) => resolve(changes.forEach(({ addedNodes: [text] }) => text && shown.push(text.data)));
               new MutationObserver(look).observe(status, { childList: true });
             });
             document.querySelector('[data-testid=mode-session] input').click();
             await changed;
             return shown.slice(0, 2);",
        )
        .await?;
    assert_eq!([before, after], ["signed out", "loading"]);
    demo.page.until_text("status", "signed out").await?;
    demo.sign_in().await
}

async fn the_demo_tells_why_a_session_ended(case: &Case) -> Result<()> {
    let demo = Demo::open(case).await?;
    demo.sign_in().await?;
    demo.break_it("revoke", "revoked").await?;
    demo.call("call-one", "401").await?;
    demo.page.until_text("status", "signed out").await?;
    let reason = match case.mode {
        Mode::Session => "(session_ended)",
        _ => "(refresh_refused)",
    };
    demo.page.until_text("reason", reason).await?;
    demo.sign_in().await?;
    demo.call("call-one", "200").await?;
    Ok(())
}

async fn the_demo_restores_the_session_after_a_reload(case: &Case) -> Result<()> {
    let demo = Demo::open(case).await?;
    demo.sign_in().await?;
    demo.page.reload().await?;
    demo.page.until_text("status", "signed in").await?;
    demo.page.until_text("user", "Ada").await?;
    demo.call("call-one", "200").await?;
    Ok(())
}

async fn the_demo_follows_in_a_second_tab(case: &Case) -> Result<()> {
    let demo = Demo::open(case).await?;
    demo.sign_in().await?;
    let other = case.tab().await?;
    other
        .goto(&format!(
            "{}/#{}",
            demo.backend.base_url(),
            case.mode.kind()
        ))
        .await?;
    other.until_text("status", "signed in").await?;
    // A channel is deaf until the browser knows of it.
    demo.page
        .run::<()>(
            "const channel = new BroadcastChannel(`hallpass:${args}`);
             window.calling = setInterval(() => channel.postMessage('is anybody there?'), 20);",
            json!(case.mode.kind()),
        )
        .await?;
    other.until_text("journal", "not understood").await?;
    demo.page
        .run::<()>("clearInterval(calling);", json!({}))
        .await?;
    demo.page.click("sign-out").await?;
    other.until_text("status", "signed out").await?;
    other.until_text("reason", "(logout_elsewhere)").await?;
    Ok(())
}

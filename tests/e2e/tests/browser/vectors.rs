//! The vectors of Wycheproof and the examples of the RFCs, through the modules that verify signatures.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // The browser's own cryptography.
        by_engine(Mode::JWT) =>
            wycheproof_json_web_signature,
            wycheproof_json_web_key,
            wycheproof_json_web_crypto,
            the_examples_of_rfc_7515_and_7519,
            the_examples_of_rfc_8037;
        by_core(Mode::JWT) => the_thumbprints_of_rfc_7638_and_8037;
    );
}

#[derive(Deserialize)]
struct Judged {
    id: u32,
    comment: String,
    expected: bool,
    taken: bool,
    why: String,
}

/// Runs a file, and compares with what it expects. `otherwise`: the tests that cannot be met, see docs/verification.md.
async fn compare(case: &Case, file: &str, count: usize, otherwise: &[u32]) -> Result<()> {
    let judged: Vec<Judged> = case
        .run_with(
            json!({ "file": file }),
            "const { wycheproof } = await import('/vectors.js'); return wycheproof(args.file);",
        )
        .await?;
    assert_eq!(judged.len(), count);
    let differing: Vec<_> = judged
        .iter()
        .filter(|one| one.taken != one.expected)
        .collect();
    for one in &differing {
        println!("{} {}: {}", one.id, one.comment, one.why);
    }
    let ids: Vec<u32> = differing.iter().map(|one| one.id).collect();
    assert_eq!(ids, otherwise);
    // What is refused is refused for a reason.
    assert!(judged.iter().all(|one| one.taken == one.why.is_empty()));
    println!("{file}: {} of {count} as expected", count - ids.len());
    Ok(())
}

async fn wycheproof_json_web_signature(case: &Case) -> Result<()> {
    // 367 and 370 are to the letter the token of 357, which is valid. 372 and 373 hold a `?` in base64url, which RFC 7515 §2 forbids.
    compare(
        case,
        "json_web_signature_test.json",
        401,
        &[367, 370, 372, 373],
    )
    .await
}

async fn wycheproof_json_web_key(case: &Case) -> Result<()> {
    compare(case, "json_web_key_test.json", 26, &[]).await
}

async fn wycheproof_json_web_crypto(case: &Case) -> Result<()> {
    // The other 34 are of JWE, which hallpass takes for opaque.
    compare(case, "json_web_crypto_test.json", 49, &[]).await
}

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

async fn judge(case: &Case, jws: &str, jwk: Value) -> Result<Value> {
    case.run_with(
        json!({ "jws": jws, "jwks": { "keys": [jwk] } }),
        "const { judge } = await import('/vectors.js'); return judge(args.jws, args.jwks);",
    )
    .await
}

async fn the_examples_of_rfc_7515_and_7519(case: &Case) -> Result<()> {
    let examples = [
        // A.1, which is RFC 7519 §3.1 too.
        (
            format!(
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
            ),
            json!({ "kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" }),
        ),
        // A.2
        (
            format!(
                "eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
            ),
            json!({ "kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ" }),
        ),
        // A.3
        (
            format!(
                "eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
            ),
            json!({ "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }),
        ),
        // A.4
        (
            "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn".to_owned(),
            json!({ "kty": "EC", "crv": "P-521", "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk", "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2" }),
        ),
    ];
    for (jws, jwk) in examples {
        let judged = judge(case, &jws, jwk.clone()).await?;
        assert_eq!(judged["taken"], true, "{judged}");
        // A letter of the signature less, and one of the payload changed.
        let mut cut = jws.clone();
        cut.pop();
        let cut = judge(case, &cut, jwk.clone()).await?;
        assert_eq!(cut["taken"], false, "{cut}");
        let changed = judge(
            case,
            &jws.replacen(".e", ".f", 1).replacen(".U", ".V", 1),
            jwk,
        )
        .await?;
        assert_eq!(changed["taken"], false, "{changed}");
    }
    // A.5, and RFC 7519 §6.1: without a signature.
    let key = json!({ "kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" });
    let judged = judge(case, &format!("eyJhbGciOiJub25lIn0.{PAYLOAD}."), key).await?;
    assert_eq!(judged["why"], "its alg is not in verify.algorithms");
    Ok(())
}

const ED25519: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

async fn the_examples_of_rfc_8037(case: &Case) -> Result<()> {
    let jws = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": ED25519 });
    let judged = judge(case, jws, key).await?;
    assert_eq!(
        (&judged["taken"], &judged["payload"]),
        (&json!(true), &json!("Example of Ed25519 signing"))
    );
    Ok(())
}

/// A key without a `kid` is found by its thumbprint.
async fn the_thumbprints_of_rfc_7638_and_8037(case: &Case) -> Result<()> {
    let rsa = json!({ "kty": "RSA", "e": "AQAB", "alg": "RS256", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw" });
    let ed = json!({ "kty": "OKP", "crv": "Ed25519", "x": ED25519 });
    let found: Value = case
        .run_with(
            json!({ "keys": [rsa, ed] }),
            "const { Keys } = await import('/pkg/src/verify/keys.js');
             const keys = new Keys({ given: args.keys });
             const found = async (alg, kid) => args.keys.indexOf(await keys.find(alg, kid).catch(() => undefined));
             return [
               await found('RS256', 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'),
               await found('EdDSA', 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'),
               await found('EdDSA', 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'),
             ];",
        )
        .await?;
    assert_eq!(found, json!([0, 1, -1]));
    Ok(())
}

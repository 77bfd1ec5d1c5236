//! What the customer's approver agrees to on the portal (R-3.4-5, R-4.2.2-7), and how a call is rung.

use crate::bench::{Bench, console, on_both, plan, refusal};
use desk::PaperAgreement;
use domain::contact::ContactPlan;
use domain::criteria::Criteria;
use domain::ids::ProjectKey;
use domain::readiness::Gap;
use domain::refusal::RefusalKind;
use domain::telephone::{Evidence, Ring, Telephone};
use std::sync::Arc;

on_both!(the_approver_agrees_to_the_newest_version, a_telephone_that_measures_says_so);

fn acme() -> ProjectKey {
    ProjectKey::new("ACME")
}

const fn version(version: u32) -> PaperAgreement {
    PaperAgreement { version }
}

async fn the_approver_agrees_to_the_newest_version(bench: Bench) {
    let desk = &bench.desk;
    let lacks = async || desk.gaps(&bench.tenant, &acme()).await.unwrap().contains(&Gap::CriteriaAgreed);
    assert!(lacks().await, "our default is nobody's agreement");
    // Only the approver, in person: no other role, no other tenant, no console.
    for who in ["cu", "mo", "dh", "au", "ad"] {
        let refused = refusal(desk.agree_to::<Criteria>(bench.person(who), &acme(), version(1)).await);
        assert_eq!(refused.kind, RefusalKind::Forbidden, "{who}");
    }
    let foreign = refusal(desk.agree_to::<Criteria>(bench.person("foreign"), &acme(), version(1)).await);
    assert_eq!(foreign.kind, RefusalKind::NotFound);
    let nobody = refusal(desk.agree_to::<Criteria>(&console(), &acme(), version(1)).await);
    assert_eq!(nobody.kind, RefusalKind::NotNow);

    let ca = bench.person("ca");
    for other in [0, 2] {
        assert_eq!(refusal(desk.agree_to::<Criteria>(ca, &acme(), version(other)).await).field(), Some("version"));
    }
    assert_eq!(desk.agree_to::<Criteria>(ca, &acme(), version(1)).await.unwrap().version, 1);
    assert!(!lacks().await);
    let facts = async || desk.store().tenant(&bench.tenant).facts(0, 1_000).await.unwrap().len();
    let told = facts().await;
    assert_eq!(desk.agree_to::<Criteria>(ca, &acme(), version(1)).await.unwrap().version, 1);
    assert_eq!(facts().await, told, "pressed twice is agreed once");

    let terms = desk.terms(ca).await.unwrap().remove(0);
    let (person, at) = terms.criteria.unwrap().agreed.unwrap();
    assert_eq!((terms.names[&person].as_str(), at, terms.may_agree), ("ca", desk.now().await.unwrap(), true));
    assert!(!desk.terms(bench.person("cu")).await.unwrap()[0].may_agree);
    assert!(desk.terms(bench.person("mo")).await.unwrap().is_empty(), "staff reads its own pages");

    // What is changed has to be agreed to again.
    let first = terms.plan.unwrap();
    desk.agree_to::<ContactPlan>(ca, &acme(), version(first.version)).await.unwrap();
    let second = desk.record_paper(bench.person("dh"), &bench.tenant, "ACME", &plan(), None).await.unwrap();
    assert_eq!(desk.terms(ca).await.unwrap()[0].plan.as_ref().unwrap().agreed, None);
    let stale = refusal(desk.agree_to::<ContactPlan>(ca, &acme(), version(first.version)).await);
    assert_eq!(stale.field(), Some("version"));
    desk.agree_to::<ContactPlan>(ca, &acme(), version(second)).await.unwrap();
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(desk.store(), &asked).await.unwrap();
}

/// An exchange that says by itself when it rang.
struct Exchange;

impl Telephone for Exchange {
    fn ring(&self, _: &str) -> Ring {
        Ring { link: None, evidence: Evidence::Measured }
    }
}

/// R-4.2.2-5: an attempt stays 自己申告 unless what rang measured it.
async fn a_telephone_that_measures_says_so(bench: Bench) {
    let key = bench.told().await;
    bench.call(&key).await;
    let mut measuring = bench;
    measuring.desk = measuring.desk.clone().dialling_by(Arc::new(Exchange));
    measuring.call(&key).await;
    let view = measuring.desk.incident(measuring.person("mo"), &key).await.unwrap();
    let proven: Vec<Evidence> = view.incident.calls.iter().map(|call| call.what.evidence).collect();
    assert_eq!(proven, [Evidence::Stated, Evidence::Measured]);
}

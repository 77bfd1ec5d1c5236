//! A content without incidents: what stands in every pack.

use desk::pack::{Content, Customer, Project};
use domain::calendar::Calendar;
use domain::contact::{Contact, ContactPlan, Hours};
use domain::criteria::Criteria;
use domain::ids::{ContactId, ProjectKey};
use domain::paper::Provider;
use domain::time::Instant;

pub(crate) fn content() -> Content {
    let contact = Contact {
        id: ContactId::new("owner"),
        name: "佐藤 恵".into(),
        reading: "さとう めぐみ".into(),
        phone: "090-0000-0000".into(),
        other_phones: vec![],
        mail: "owner@acme.example.jp".into(),
        hours: Hours::default(),
        services: vec![],
    };
    let project = Project {
        key: ProjectKey::new("ACME"),
        name: "○○商事".into(),
        incidents: vec![],
        plan: Some((1, ContactPlan { contacts: vec![contact], ..ContactPlan::default() })),
        criteria: Some((1, Criteria::default())),
        runbooks: None,
    };
    Content {
        made: Instant::parse("2026-11-22T03:12:00+09:00").unwrap(),
        provider: Provider { name: "窓口サービス".into(), phone: "03-0000-0000".into() },
        calendar: Calendar::tokyo([]),
        customers: vec![Customer { name: "○○商事".into(), projects: vec![project] }],
        damaged: vec![],
    }
}

//! 引き継ぎ at the end of a shift: everything held is given, stays where it is until it is taken, and is taken by a person.

use crate::bench::{Bench, on_both, refusal};
use desk::{ShiftHandOver, ShiftTaking};
use domain::alerts::Action;
use domain::refusal::RefusalKind;

on_both!(a_shift_is_given_and_taken);

async fn a_shift_is_given_and_taken(bench: Bench) {
    let (mo, mo2) = (bench.person("mo"), bench.person("mo2"));
    let text = "再起動の結果待ち".to_owned();
    let given = ShiftHandOver { to: String::new(), text: text.clone() };
    let nothing = refusal(bench.desk.hand_over_shift(mo, &given).await);
    assert_eq!(nothing.kind, RefusalKind::NotNow);
    let first = bench.told().await;
    let second = bench.tell(Action::Trigger, "db01").await.incident.unwrap();
    bench.take(&second).await;
    let others = bench.tell(Action::Trigger, "nobody").await.incident.unwrap();
    let unsaid = refusal(bench.desk.hand_over_shift(mo, &ShiftHandOver::default()).await);
    assert_eq!(unsaid.field(), Some("text"));
    let to = mo2.person().unwrap().to_string();
    let acted = bench.desk.hand_over_shift(mo, &ShiftHandOver { to: to.clone(), text: text.clone() }).await.unwrap();
    let mut keys: Vec<_> = acted.incidents.iter().map(|one| one.key.clone()).collect();
    keys.sort();
    assert_eq!(keys, [first.clone(), second.clone()], "what nobody holds is nobody's to give");
    let view = bench.desk.shift(mo2).await.unwrap();
    assert_eq!(view.lines.len(), 3);
    for line in &view.lines {
        let incident = &line.glance.incident;
        let handed = incident.handed_over().map(|given| line.texts[&given.what.text].as_str());
        assert_eq!(handed, (incident.key != others).then_some(text.as_str()));
        let holder = line.glance.board.row.assignee.as_ref();
        assert_eq!(holder, mo.person().filter(|_| incident.key != others), "until it is taken it stays");
        assert!(!line.duties.is_empty());
    }
    let incidents = keys.iter().map(ToString::to_string).collect();
    bench.desk.take_shift(mo2, &ShiftTaking { incidents }).await.unwrap();
    let view = bench.desk.shift(mo2).await.unwrap();
    for line in view.lines.iter().filter(|line| line.glance.incident.key != others) {
        assert_eq!(line.glance.board.row.assignee.as_ref(), mo2.person());
        assert!(line.glance.incident.handed_over().is_none());
    }
    let absent = ShiftTaking { incidents: vec!["NONE-1".into()] };
    assert_eq!(refusal(bench.desk.take_shift(mo2, &absent).await).field(), Some("incidents"));
}

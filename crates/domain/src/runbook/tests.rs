//! Tables of what runbooks match, what their notation says, and that both directions agree.

use super::*;
use crate::words::Lang;
use proptest::prelude::*;

fn subject(host: &str, name: &str, labels: &[(&str, &str)]) -> Subject {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Subject { hosts: vec![host.into()], names: vec![name.into()], labels }
}

/// The bindings, the alert, whether it matches.
#[test]
fn a_runbook_matches_by_host_labels_and_alert_together() {
    let down = subject("web01", "応答なし", &[("alertname", "InstanceDown"), ("zone", "a")]);
    for (bindings, expected) in [
        ("", false),
        ("対象: web*", true),
        ("対象: db*", false),
        ("対象: db*\n対象: WEB01", true),
        ("ラベル: alertname=InstanceDown", true),
        ("ラベル: alertname=Instance*", true),
        ("ラベル: alertname=DiskFull", false),
        ("ラベル: alertname=DiskFull\nラベル: alertname=InstanceDown", true),
        ("ラベル: alertname=InstanceDown\nラベル: zone=b", false),
        ("ラベル: Alertname=InstanceDown", false),
        ("アラート: *応答なし*", true),
        ("アラート: 応答", false),
        ("対象: web*\nラベル: alertname=DiskFull", false),
        ("対象: web*\nラベル: zone=a\nアラート: *なし", true),
    ] {
        let runbooks = notation::parse(&format!("■ a b\n{bindings}\n1. c")).unwrap();
        assert_eq!(runbooks[0].matches(std::slice::from_ref(&down)), expected, "{bindings}");
        assert!(!runbooks[0].matches(&[]), "{bindings}");
    }
    // Host and label of different alerts are no match.
    let runbooks = notation::parse("■ a b\n対象: web01\nラベル: zone=b\n1. c").unwrap();
    assert!(!runbooks[0].matches(&[down, subject("db01", "", &[("zone", "b")])]));
}

#[test]
fn the_notation_says_what_a_step_does() {
    let text = "# web-1  再起動 と 確認 \n host : web*\n\nラベル：a=b=c\n7) 見る\n expect: x:y\n1. [interrupts] [recovery point 5 min] 再起動\n limit: a\n制限: b";
    let runbooks = notation::parse(text).unwrap();
    let again = "■ web-1 再起動 と 確認\n対象: web*\nラベル: a=b=c\n1. 見る\n   期待: x:y\n2. [中断] [回復時点 5分] 再起動\n   制限: a\n   制限: b\n";
    assert_eq!(notation::render(&runbooks), again);
    assert_eq!(notation::parse("").map(|all| all.len()), Ok(0));
}

/// The text, and the lines at fault.
#[test]
fn faults_are_told_by_their_line_in_both_languages() {
    for (text, lines) in [
        ("1. a", &[1][..]),
        ("■ a", &[1]),
        ("■ a b\n制限: c", &[2]),
        ("■ a b\n1. c\nfoo\nbar: baz", &[3, 4]),
        ("■ a b\n対象:\n1. [停止] c", &[2, 3]),
        ("■ a b\nラベル: alertname", &[2]),
        ("■ a b\n1. [中断", &[2]),
        ("■ a b\n1. [中断]", &[2]),
        ("■ a b\n1. [中断] [データ喪失] c", &[2]),
        ("■ a b\n1. [回復時点 五分] c", &[2]),
        ("■ a b\n1. c\n期待: d\n期待: e", &[4]),
    ] {
        let faults = notation::parse(text).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), lines, "{text}");
        let refusal = notation::Fault::refusal("text", &faults);
        assert!(refusal.ja.starts_with(&format!("{}行目: ", lines[0])), "{}", refusal.ja);
        assert!(refusal.en.starts_with(&format!("Line {}: ", lines[0])), "{}", refusal.en);
    }
}

#[test]
fn what_cannot_be_written_is_refused() {
    let good = || notation::parse("■ a b\n対象: c\nラベル: d=e\n1. f").unwrap().remove(0);
    let check = |change: fn(&mut Runbook), is_fine: bool| {
        let mut runbook = good();
        change(&mut runbook);
        let paper = Runbooks { runbooks: vec![runbook], standing_consent: None };
        assert_eq!(paper.validate().is_ok(), is_fine, "{paper:?}");
    };
    check(|_| (), true);
    check(|it| it.id = "A".into(), false);
    check(|it| it.id = "aws-mine".into(), false);
    check(|it| it.title = " b".into(), false);
    check(|it| it.title = "b\nc".into(), false);
    check(|it| it.hosts = vec![String::new()], false);
    check(|it| it.labels[0].name = "d=".into(), false);
    check(|it| it.steps.clear(), false);
    check(|it| it.steps[0].text = "[中断] f".into(), false);
    check(|it| it.steps[0].limits = vec!["a\nb".into()], false);
    check(|it| it.steps[0].recovery_point_minutes = Some(5), false);
    let twice = Runbooks { runbooks: vec![good(), good()], standing_consent: None };
    assert!(twice.validate().is_err());
    let nobody = StandingConsent { by: " ".into(), on: jiff::civil::date(2026, 11, 20) };
    assert_eq!(
        Runbooks { runbooks: vec![], standing_consent: Some(nobody) }.validate().unwrap_err().field(),
        Some("standing_consent")
    );
}

/// R-4.2.2-9 to -15, and that both languages say the same.
#[test]
fn the_shipped_runbooks_are_those_of_the_service_description() {
    let effects = |lang| -> Vec<(&str, Vec<_>)> {
        let step = |step: &Step| {
            (
                step.effect,
                step.needs_recovery_point,
                step.recovery_point_minutes,
                step.limits.len(),
                !step.expected.is_empty(),
            )
        };
        shipped::runbooks(lang)
            .iter()
            .map(|runbook| (runbook.id.as_str(), runbook.steps.iter().map(step).collect()))
            .collect()
    };
    assert_eq!(effects(Lang::Ja), effects(Lang::En));
    let ids: Vec<_> = shipped::runbooks(Lang::Ja).iter().map(|runbook| runbook.id.as_str()).collect();
    assert_eq!(ids, ["aws-ec2-start", "aws-ec2-restore", "aws-rds-failback", "aws-rds-restore", "aws-rds-pitr"]);
    let second = |id| shipped::runbook(id).unwrap().step(2).unwrap();
    for (id, effect, needs_point, minutes) in [
        ("aws-ec2-start", Effect::None, false, None),          // R-4.2.2-9
        ("aws-ec2-restore", Effect::LosesData, true, None),    // R-4.2.2-10, -11
        ("aws-rds-failback", Effect::Interrupts, false, None), // R-4.2.2-13
        ("aws-rds-restore", Effect::LosesData, true, None),    // R-4.2.2-14
        ("aws-rds-pitr", Effect::LosesData, true, Some(5)),    // R-4.2.2-15
    ] {
        let step = second(id);
        assert_eq!(
            (step.effect, step.needs_recovery_point, step.recovery_point_minutes),
            (effect, needs_point, minutes),
            "{id}"
        );
    }
    // R-4.2.2-11, -12
    let limits = second("aws-ec2-restore").limits.join("\n");
    assert!(limits.contains("バックアップが完了した時点") && limits.contains("ミドルウェアのデータ"), "{limits}");
    for runbook in shipped::runbooks(Lang::Ja).iter().chain(shipped::runbooks(Lang::En)) {
        assert!(runbook.id.starts_with(shipped::PREFIX) && !runbook.matches(&[Subject::default()]), "{}", runbook.id);
        // Under another id, a customer's own runbooks may say the same.
        let own = Runbook { id: format!("own-{}", runbook.id), ..runbook.clone() };
        assert_eq!(Runbooks { runbooks: vec![own], standing_consent: None }.validate(), Ok(()));
    }
}

fn line() -> impl Strategy<Value = String> {
    let drawn = prop::collection::vec(
        prop::sample::select(vec!["a", " ", ":", "：", "=", "[", "]", "■", "1.", "#", "制限:", "手順", "*", "　"]),
        1..8,
    );
    drawn
        .prop_map(|parts| parts.concat().trim().trim_start_matches('[').trim().to_owned())
        .prop_filter("a line", |text| is_line(text))
}

fn step() -> impl Strategy<Value = Step> {
    let effect = prop::sample::select(vec![Effect::None, Effect::Interrupts, Effect::LosesData]);
    let expected = prop_oneof![Just(String::new()), line()];
    (line(), effect, prop::option::of(prop::option::of(any::<u16>())), prop::collection::vec(line(), 0..3), expected)
        .prop_map(|(text, effect, point, limits, expected)| Step {
            text,
            effect,
            needs_recovery_point: point.is_some(),
            recovery_point_minutes: point.flatten(),
            limits,
            expected,
        })
}

fn runbook() -> impl Strategy<Value = Runbook> {
    let lines = || prop::collection::vec(line(), 0..3);
    let label = (line(), line()).prop_map(|(name, value)| LabelPattern { name: name.replace('=', "-"), value });
    let labels = prop::collection::vec(label, 0..3);
    ("[a-z0-9-]{1,40}", line(), lines(), labels, lines(), prop::collection::vec(step(), 1..4))
        .prop_map(|(id, title, hosts, labels, alerts, steps)| Runbook { id, title, hosts, labels, alerts, steps })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is valid is read back as it was written.
    #[test]
    fn what_is_written_is_read_back(runbooks in prop::collection::vec(runbook(), 0..4)) {
        for runbook in &runbooks {
            let paper = Runbooks { runbooks: vec![runbook.clone()], standing_consent: None };
            prop_assume!(paper.validate().is_ok());
        }
        prop_assert_eq!(notation::parse(&notation::render(&runbooks)), Ok(runbooks));
    }
}

#[test]
fn q_24_a_consent_in_advance_was_given_by_today() {
    let today: jiff::civil::Date = "2026-11-23".parse().unwrap();
    for (on, refused) in [("2026-11-22", None), ("2026-11-23", None), ("2026-11-24", Some("standing_consent.on"))] {
        let consent = StandingConsent { by: "田中".into(), on: on.parse().unwrap() };
        let paper = Runbooks { runbooks: vec![], standing_consent: Some(consent) };
        assert_eq!(paper.validate_on(today).err().and_then(|refusal| refusal.field()), refused, "{on}");
    }
}

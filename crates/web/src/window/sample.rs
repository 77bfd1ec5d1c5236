//! Windows as they look: a night's work, nothing announced, a form that was refused, and hostile words.

use super::{KeptLine, WindowLine, WindowsPage};
use crate::form::{Draft, Problem};
use crate::sample::{HOSTILE, at};
use domain::window::{WindowKind, WindowState};

fn alert(summary: &str, firing: bool, count: u64, led_to: Option<&str>) -> KeptLine {
    let led_to = led_to.map(str::to_owned);
    KeptLine { source: "web01:9100".into(), summary: summary.into(), firing, count, last: at(-42), led_to }
}

fn running() -> WindowLine {
    WindowLine {
        key: "NGS-W7".into(),
        tenant: "株式会社なぎさ商事".into(),
        kind: WindowKind::Customer,
        state: WindowState::Running,
        hosts: vec!["web*".into(), "db01".into()],
        work: "OS のパッチ適用と再起動".into(),
        caller: Some("長谷川 様".into()),
        from: at(-3_600),
        to: at(5_400),
        writes: true,
        alerts: vec![alert("応答なし", true, 12, None), alert("ディスク使用率 91%", false, 2, None)],
    }
}

fn coming() -> WindowLine {
    WindowLine {
        key: "SOR-W2".into(),
        tenant: "そらいろ運輸株式会社".into(),
        kind: WindowKind::Planned,
        state: WindowState::Coming,
        hosts: vec![],
        work: "RDS のマイナーバージョン更新".into(),
        caller: None,
        from: at(90_000),
        to: at(97_200),
        alerts: vec![],
        ..running()
    }
}

fn past() -> WindowLine {
    WindowLine {
        key: "NGS-W6".into(),
        state: WindowState::Over,
        from: at(-90_000),
        to: at(-86_400),
        alerts: vec![alert("応答なし", true, 31, Some("NGS-11")), alert("負荷 40", true, 3, Some("NGS-W7"))],
        ..running()
    }
}

/// The samples, for staff and for a customer.
pub fn samples() -> Vec<(&'static str, WindowsPage)> {
    let staff = WindowsPage {
        staff: true,
        projects: vec![
            ("NGS".into(), "なぎさ商事 コーポレートサイト".into()),
            ("SOR".into(), "そらいろ運輸 配車".into()),
        ],
        windows: vec![coming(), running(), past()],
        draft: Draft::default(),
    };
    let mut own = past();
    own.alerts.iter_mut().for_each(|alert| alert.led_to = None);
    let customer = WindowsPage {
        staff: false,
        projects: vec![("NGS".into(), "コーポレートサイト".into())],
        windows: vec![running(), own],
        draft: Draft::default(),
    };
    let none = WindowsPage { windows: vec![], ..customer.clone() };
    let problem =
        Problem { field: "to".into(), text: "終了は、開始と現在より後にしてください。".into() };
    let draft = Draft {
        form: "window".into(),
        values: vec![("hosts".into(), HOSTILE.into()), ("work".into(), HOSTILE.into())],
        problems: vec![problem],
        summary: None,
    };
    let hostile = WindowLine {
        tenant: HOSTILE.into(),
        hosts: vec![HOSTILE.repeat(3)],
        work: HOSTILE.repeat(3),
        caller: Some(HOSTILE.into()),
        alerts: vec![alert(HOSTILE, true, 1, None)],
        ..running()
    };
    let cancelled = WindowLine { key: "NGS-W5".into(), state: WindowState::Cancelled, ..coming() };
    let refused = WindowsPage { windows: vec![hostile, cancelled], draft, ..staff.clone() };
    let reader = WindowLine { writes: false, ..running() };
    let reads = WindowsPage { projects: vec![], windows: vec![reader], ..staff.clone() };
    vec![("staff", staff), ("customer", customer), ("none", none), ("refused", refused), ("reads", reads)]
}

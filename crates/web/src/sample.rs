//! Who looks at the samples, and when: a holiday night at a provider in Tokyo.

use crate::layout::{Place, Shell, Side, Viewer};
use domain::time::Instant;
use domain::words::{Label, Lang};
use jiff::tz::TimeZone;

/// 2026-11-22 03:15:12 in Tokyo, a Sunday night before a holiday.
pub const fn now() -> Instant {
    Instant::from_ms(1_795_284_912_000)
}

/// An instant that many seconds after [`now`] (before it where negative).
pub const fn at(seconds: i64) -> Instant {
    now().plus_ms(seconds * 1000)
}

/// Text as a hostile sender writes it.
pub const HOSTILE: &str = "</textarea><script>alert('窓口')</script> \"'&<b>' OR 1=1 --";

fn shell(lang: Lang, viewer: Option<Viewer>, place: Place) -> Shell {
    Shell {
        lang,
        provider: "みなとマネージド".into(),
        now: now(),
        zone: TimeZone::fixed(jiff::tz::offset(9)),
        viewer,
        place,
        path: "/".into(),
        banner: None,
    }
}

/// An operator of the monitoring centre, who may change settings too.
pub fn staff(lang: Lang) -> Shell {
    let viewer = Viewer {
        name: "佐藤 恵".into(),
        role: Label::new("監視センター", "Monitoring centre"),
        side: Side::Staff { operates: true, advises: false, admin: true, outbox: true },
    };
    shell(lang, Some(viewer), Place::Board)
}

/// A person of the customer.
pub fn customer(lang: Lang) -> Shell {
    let viewer = Viewer {
        name: "長谷川 亮".into(),
        role: Label::new("株式会社なぎさ商事", "Nagisa Trading"),
        side: Side::Customer,
    };
    shell(lang, Some(viewer), Place::Incidents)
}

/// Nobody, in the demo.
pub fn nobody(lang: Lang) -> Shell {
    let mut shell = shell(lang, None, Place::Elsewhere);
    shell.banner = Some(
        lang.pick(
            "デモ環境: 実在しない会社と人です。メールは外へ出ず、送信箱に入ります。",
            "Demo: no real companies or people. Mail stays in the outbox page.",
        )
        .to_owned(),
    );
    shell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_the_one_it_says() {
        assert_eq!(now().in_zone(&TimeZone::fixed(jiff::tz::offset(9))), "2026-11-22T03:15:12+09:00");
    }
}

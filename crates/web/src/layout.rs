//! The page shell: what surrounds every page, and what every page knows about who looks at it.

use crate::search::field;
use crate::{assets, when};
use domain::time::Instant;
use domain::words::{Label, Lang};
use jiff::tz::TimeZone;
use maud::{DOCTYPE, Markup, html};
use url::form_urlencoded::byte_serialize;

/// Who looks, in which language, at which instant.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Language of the page.
    pub lang: Lang,
    /// The provider's name, a setting.
    pub provider: String,
    /// The server's instant at which the page is made; live clocks start from it.
    pub now: Instant,
    /// The calendar's zone, Asia/Tokyo by default.
    pub zone: TimeZone,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// The entry of the navigation that this page belongs to.
    pub place: Place,
    /// Path and query of this page, so that a change of language comes back to it.
    pub path: String,
    /// A line above every page of an environment that is not the real one, such as the demo.
    pub banner: Option<String>,
}

impl Shell {
    /// The one of two texts in the page's language.
    pub const fn t(&self, ja: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(ja, en)
    }
}

/// The person signed in.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Name as shown.
    pub name: String,
    /// What the person is here as, such as 監視センター.
    pub role: Label,
    /// On which side of the counter, which decides the navigation.
    pub side: Side,
}

/// A side of the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The provider's staff.
    Staff {
        /// Sees board, incidents and alerts.
        operates: bool,
        /// Answers inquiries about paid options.
        advises: bool,
        /// May change settings.
        admin: bool,
        /// There is an outbox page (demo).
        outbox: bool,
    },
    /// A customer's person.
    Customer,
}

impl Side {
    /// Whether there is something for them to find.
    const fn searches(self) -> bool {
        matches!(self, Self::Customer | Self::Staff { operates: true, .. })
    }
}

/// The entries of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// 監視ボード
    Board,
    /// 障害 (the list, for customers)
    Incidents,
    /// 夜の記録
    Night,
    /// 障害のご連絡 (customers)
    Report,
    /// 取り決め (customers)
    Terms,
    /// お知らせ
    Notices,
    /// ご依頼
    Requests,
    /// 今日 (staff)
    Today,
    /// 順守状況
    Compliance,
    /// 手続き
    Procedures,
    /// 作業時間帯
    Windows,
    /// アラート
    Alerts,
    /// 着信 (who is calling)
    Callers,
    /// 保管メール
    MailIn,
    /// 共通原因
    Causes,
    /// 引き継ぎ
    Shift,
    /// 有償オプションのご相談, where they are all that somebody sees.
    Leads,
    /// 送信箱 (demo)
    Outbox,
    /// 設定
    Settings,
    /// The person's own account.
    Account,
    /// None of them.
    Elsewhere,
}

struct Entry {
    place: Place,
    label: Label,
    href: &'static str,
    key: &'static str,
}

const BOARD: Entry = Entry { place: Place::Board, label: Label::new("監視ボード", "Board"), href: "/", key: "b" };
const ALERTS: Entry =
    Entry { place: Place::Alerts, label: Label::new("アラート", "Alerts"), href: "/alerts", key: "a" };
const CALLERS: Entry =
    Entry { place: Place::Callers, label: Label::new("着信", "Callers"), href: "/callers", key: "c" };
const MAIL_IN: Entry =
    Entry { place: Place::MailIn, label: Label::new("保管メール", "Kept mail"), href: "/mail-in", key: "k" };
const CAUSES: Entry =
    Entry { place: Place::Causes, label: Label::new("共通原因", "Causes"), href: "/causes", key: "q" };
const SHIFT: Entry =
    Entry { place: Place::Shift, label: Label::new("引き継ぎ", "Hand-over"), href: "/shift", key: "h" };
const INCIDENTS: Entry =
    Entry { place: Place::Incidents, label: Label::new("障害", "Incidents"), href: "/incidents", key: "i" };
const NIGHT: Entry =
    Entry { place: Place::Night, label: Label::new("夜の記録", "The night"), href: "/night", key: "n" };
const REPORT: Entry =
    Entry {
        place: Place::Report, label: Label::new("障害のご連絡", "Report a fault"), href: "/faults/new", key: "f"
    };
const WINDOWS: Entry =
    Entry { place: Place::Windows, label: Label::new("作業時間帯", "Windows"), href: "/windows", key: "w" };
const WORK: Entry =
    Entry { place: Place::Windows, label: Label::new("作業のご連絡", "Your work"), href: "/windows", key: "w" };
const REQUESTS: Entry =
    Entry { place: Place::Requests, label: Label::new("ご依頼", "Requests"), href: "/requests", key: "r" };
const TODAY: Entry = Entry { place: Place::Today, label: Label::new("今日", "Today"), href: "/today", key: "d" };
const COMPLIANCE: Entry =
    Entry {
        place: Place::Compliance, label: Label::new("順守状況", "Service levels"), href: "/compliance", key: "l"
    };
const PROCEDURES: Entry =
    Entry { place: Place::Procedures, label: Label::new("手続き", "Procedures"), href: "/procedures", key: "p" };
const LEADS: Entry = Entry {
    place: Place::Leads,
    label: Label::new("有償のご相談", "Paid options"),
    href: "/records?process=lead",
    key: "y",
};
const TERMS: Entry =
    Entry { place: Place::Terms, label: Label::new("取り決め", "What we agreed"), href: "/terms", key: "t" };
const NOTICES: Entry =
    Entry { place: Place::Notices, label: Label::new("お知らせ", "Notices"), href: "/notices", key: "e" };
const OUTBOX: Entry =
    Entry { place: Place::Outbox, label: Label::new("送信箱", "Outbox"), href: "/outbox", key: "o" };
const SETTINGS: Entry =
    Entry { place: Place::Settings, label: Label::new("設定", "Settings"), href: "/settings", key: "s" };

fn entries(side: Side) -> Vec<&'static Entry> {
    match side {
        Side::Customer => {
            vec![&REQUESTS, &INCIDENTS, &NIGHT, &REPORT, &WORK, &NOTICES, &TERMS, &COMPLIANCE, &PROCEDURES]
        }
        Side::Staff { operates, advises, admin, outbox } => {
            let mut list = if operates {
                vec![
                    &BOARD,
                    &TODAY,
                    &REQUESTS,
                    &INCIDENTS,
                    &NIGHT,
                    &ALERTS,
                    &WINDOWS,
                    &CALLERS,
                    &CAUSES,
                    &MAIL_IN,
                    &SHIFT,
                    &NOTICES,
                    &COMPLIANCE,
                    &PROCEDURES,
                ]
            } else if advises {
                vec![&LEADS, &PROCEDURES]
            } else {
                vec![]
            };
            if outbox && operates {
                list.push(&OUTBOX);
            }
            if admin {
                list.push(&SETTINGS);
            }
            list
        }
    }
}

/// A whole page around `body`; `title` is plain text.
pub fn page(shell: &Shell, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(shell.lang.tag()) data-now=(shell.now.ms()) data-offset=(when::offset_ms(shell)) data-unsent=(shell.t("届いたか分かりません。入力は残してあります。経過を確かめてから、もう一度押してください。", "It is not known whether this arrived. What you typed is kept. Look at the timeline, then press again.")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – " (shell.provider) }
                link rel="stylesheet" href=(assets::address("face.css"));
                link rel="icon" type="image/svg+xml" href=(assets::address("icon.svg"));
                @for script in assets::SCRIPTS { script type="module" src=(assets::address(script)) {} }
            }
            body {
                a.skip href="#main" { (shell.t("本文へ", "Skip to content")) }
                @if let Some(banner) = &shell.banner { aside.banner aria-label=(shell.t("お知らせ", "Notice")) { (banner) } }
                (bar(shell))
                main id="main" tabindex="-1" { (body) }
                p.away id="spoken" role="status" {}
                (moved(shell))
                p.strap id="out-of-date" role="alert" hidden { strong { (shell.t("更新停止", "No updates")) } " " (shell.t("サーバーと接続できません。表示は古くなっています。", "The server cannot be reached. What you see is old.")) }
                p.strap id="ended" role="alert" hidden { strong { (shell.t("サインインが切れました", "You are signed out")) } " " (shell.t("表示は古くなっています。 ", "What you see is old. ")) a href={ "/sign-in?next=" (query(&shell.path)) } data-reopen { (shell.t("サインインする", "Sign in")) } }
                @if shell.viewer.as_ref().is_some_and(|v| matches!(v.side, Side::Staff { .. })) { (help(shell)) }
            }
        }
    }
}

/// What a live page says once its forms are older than what they are about.
fn moved(shell: &Shell) -> Markup {
    html! {
        p.strap id="moved" role="status" hidden {
            strong { (shell.t("先に変わりました", "Somebody was faster")) } " "
            span { (shell.t("この画面の操作は古くなっています。入力は残ります。", "The forms on this page are out of date. What you typed is kept.")) } " "
            a.button href=(shell.path) data-reopen data-key="r" { (shell.t("開き直す", "Open again")) " " kbd { "R" } }
        }
    }
}

fn query(path: &str) -> String {
    byte_serialize(path.as_bytes()).collect()
}

fn bar(shell: &Shell) -> Markup {
    html! {
        header.bar {
            a.house href="/" {
                svg viewBox="0 0 20 20" aria-hidden="true" focusable="false" { path d="M3 2h14v16H3zM3 12h14M7 12V8h6v4" {} }
                span { (shell.provider) }
            }
            @if let Some(viewer) = &shell.viewer {
                nav aria-label=(shell.t("主な画面", "Main pages")) {
                    @for entry in entries(viewer.side) {
                        a href=(entry.href) data-go=(entry.key) aria-current=[(entry.place == shell.place).then_some("page")] { (entry.label.in_lang(shell.lang)) }
                    }
                }
            }
            div.self {
                @if shell.viewer.as_ref().is_some_and(|viewer| viewer.side.searches() && !shell.path.starts_with("/search")) { (field(shell, "", "seek")) }
                @if let Some(viewer) = &shell.viewer {
                    a.who href="/account" data-go="m" aria-current=[(shell.place == Place::Account).then_some("page")] { (viewer.name) " " small { (viewer.role.in_lang(shell.lang)) } }
                }
                form action="/language" method="post" {
                    input type="hidden" name="back" value=(shell.path);
                    @match shell.lang {
                        Lang::Ja => button.plain name="lang" value="en" lang="en" { "English" },
                        Lang::En => button.plain name="lang" value="ja" lang="ja" { "日本語" },
                    }
                }
                @if shell.viewer.is_some() {
                    form action="/sign-out" method="post" { button.plain { (shell.t("サインアウト", "Sign out")) } }
                }
            }
        }
    }
}

const KEYS: [(&str, Label); 16] = [
    ("j k ↑ ↓", Label::new("行を移る", "move over the rows")),
    ("Enter", Label::new("開く・次の一手を行う", "open, or do the next step")),
    ("y n", Label::new("判定の質問に答える", "answer the question of the judgement")),
    ("u", Label::new("一つ前の質問へ戻る", "back to the question before")),
    ("1 – 5", Label::new("結果を選ぶ", "choose a result")),
    ("t", Label::new("次の連絡先へ電話をかける", "dial the next contact")),
    ("c", Label::new("監視ボードで、お電話を受ける", "on the board: take a call")),
    ("r", Label::new("先に変わった画面を開き直す", "open a page again that is out of date")),
    ("g b", Label::new("監視ボードへ", "go to the board")),
    ("g a", Label::new("アラートへ", "go to the alerts")),
    ("g w", Label::new("作業時間帯へ", "go to the windows of work")),
    ("g n", Label::new("夜の記録へ", "go to the night")),
    ("g c", Label::new("電話の相手をさがす", "find who is calling")),
    ("/", Label::new("検索する", "search")),
    ("Esc", Label::new("入力欄から出る", "leave a field")),
    ("?", Label::new("この一覧", "this list")),
];

fn help(shell: &Shell) -> Markup {
    html! {
        dialog id="help" aria-labelledby="help-title" {
            h2 id="help-title" { (shell.t("キー操作", "Keys")) }
            dl.keys { @for (keys, what) in KEYS { dt { @for key in keys.split(' ') { kbd { (key) } " " } } dd { (what.in_lang(shell.lang)) } } }
            form method="dialog" { button { (shell.t("閉じる", "Close")) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_customer_is_shown_no_way_to_the_board_or_the_settings() {
        let markup = page(&sample::customer(Lang::Ja), "障害", &html! {}).into_string();
        assert!(markup.contains("/incidents") && !markup.contains("監視ボード") && !markup.contains("/settings"));
    }

    #[test]
    fn the_provider_is_the_setting_and_is_escaped() {
        let shell = Shell { provider: "<b>株式会社</b>".into(), ..sample::staff(Lang::Ja) };
        let markup = page(&shell, "t", &html! {}).into_string();
        assert!(markup.contains("&lt;b&gt;株式会社&lt;/b&gt;"));
    }
}

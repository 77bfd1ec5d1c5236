//! 保守手順 of a project: written as text in one field, kept as versions.

use super::add;
use super::tenant::TenantPage;
use crate::form::{Field, Form, Input};
use crate::layout::Shell;
use crate::parts::empty;
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// A version of the runbooks.
#[derive(Clone, Debug)]
pub struct RunbooksVersion {
    /// 第n版
    pub version: u32,
    /// Since when it is valid.
    pub from: Instant,
    /// Who consented to it in advance, and when.
    pub standing: Option<String>,
    /// Its text.
    pub text: String,
}

/// Posts `text`, `consented_by`, `consented_on` to `…/runbooks`. The consent is never filled in: it was to the version before.
pub(super) fn section(shell: &Shell, it: &TenantPage, path: &str) -> Markup {
    let newest = it.runbooks.first();
    let fields = vec![
        Field::new("text", shell.t("保守手順", "Runbooks"), Input::Area(24))
            .value(newest.map(|version| version.text.clone()).unwrap_or_default())
            .hint(shell.t(
                "■ id 名前、対象: web*、ラベル: alertname=InstanceDown、アラート: *応答なし*、「1. 」で始まるステップ、[中断] [データ喪失] [回復時点 5分]、制限:、期待: が使えます。",
                "■ id name, host: web*, label: alertname=InstanceDown, alert: *down*, steps that begin with “1. ”, [interrupts] [loses data] [recovery point 5 min], limit:, expect:.",
            )),
        Field::new("consented_by", shell.t("事前同意したお客様の承認者", "The customer's approver who consents in advance"), Input::Text)
            .hint(shell.t(
                "この版のすべてのステップへの同意です。空なら、中断・データ喪失のステップはその都度同意を得ます。",
                "To every step of this version. Empty: what interrupts or loses data is asked for each time.",
            )),
        Field::new("consented_on", shell.t("同意した日", "Consented on"), Input::Date),
    ];
    let version = i64::from(newest.map_or(0, |version| version.version));
    html! {
        @if it.runbooks.is_empty() { (empty(shell.t("保守手順がありません。", "There are no runbooks."), &html! { (shell.t("アラートごとの手順を書くと、障害の画面がその手順で開きます。", "Write what to do about an alert, and the incident opens with it.")) })) }
        @for (place, version) in it.runbooks.iter().enumerate() {
            details open[place == 0] {
                summary { (shell.t("第", "Version ")) (version.version) (shell.t("版 ", " ")) (when::day(shell, version.from)) (shell.t(" から ", " onwards, ")) @match &version.standing { Some(who) => { (shell.t("事前同意 ", "consent in advance: ")) (who) } None => (shell.t("事前同意なし", "no consent in advance")) } }
                pre.runbook-text tabindex="0" aria-label=(shell.t("保守手順の本文", "Text of the runbooks")) { (version.text) }
            }
        }
        (add(shell, &it.draft, shell.t("保守手順の新しい版を書く", "Write a new version"), &Form::new("runbooks-form", path, shell.t("この版を有効にする", "Put this version into force"), fields).version(version)))
    }
}

//! Dialling by hand: whom to call now, what to say, how it went, and when the next call is due (R-4.2.2-5, -6).

use super::{IncidentPage, Verb, notice, verbs};
use crate::layout::Shell;
use crate::parts::tel;
use crate::when;
use domain::incident::{Calling, Incident, Reached};
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// The call under way.
#[derive(Clone, Copy, Debug)]
pub struct UnderWay {
    /// Which call of the incident, from 1.
    pub call: u32,
    /// When it began.
    pub begun: Instant,
    /// Until when its result counts.
    pub due: Instant,
    /// Whether somebody picked up.
    pub connected: bool,
}

impl UnderWay {
    pub(super) fn of(incident: &Incident) -> Option<Self> {
        let Calling::UnderWay { call, due } = incident.calling() else { return None };
        let (_, found) = (1..).zip(&incident.calls).find(|(number, _)| *number == call)?;
        Some(Self { call, begun: found.what.begun, due, connected: found.what.connected.is_some() })
    }
}

/// How the calls stand while none is under way.
#[derive(Clone, Copy, Debug)]
pub enum Standing {
    /// The next rank, at once.
    NextRank,
    /// A new round, then.
    NewRound(Instant),
    /// Nobody need be called any more.
    Reached(Reached),
}

impl Standing {
    pub(super) fn of(incident: &Incident) -> Option<Self> {
        match incident.calling() {
            Calling::NotOwed | Calling::UnderWay { .. } => None,
            Calling::NextRank { .. } => Some(Self::NextRank),
            Calling::NewRound { due } => Some(Self::NewRound(due)),
            Calling::Stopped(reached) => Some(Self::Reached(reached)),
        }
    }
}

/// Why nobody need be called any more.
const fn reached(reached: Reached) -> Label {
    match reached {
        Reached::Answered => Label::new("お客様が応答し、内容をご理解", "A contact answered and understood"),
        Reached::CalledBack => Label::new("お客様から折り返し", "The customer called back"),
        Reached::Acknowledged => Label::new("お客様がメールで確認", "Acknowledged by the mail's link"),
        Reached::Read => Label::new("お客様がチケットを確認", "The customer opened the ticket"),
        Reached::Recovered => Label::new("復旧したため終了", "Over: the service is back"),
    }
}

/// Who is to be called or is on the line, large, for a thumb, with what to say.
pub(super) fn card(shell: &Shell, it: &IncidentPage) -> Markup {
    let on_the_line = it.calls.first().filter(|_| it.calling.is_some());
    let contact = match on_the_line {
        Some(call) => it.contacts.iter().find(|contact| contact.name == call.who),
        None => notice::next_contact(&it.contacts),
    };
    html! {
        @if let Some(contact) = contact {
            div.dial {
                span.rank { (contact.rank) }
                p.who { strong { (contact.name) (shell.t(" 様", "")) } " " small { (contact.reading) } }
                @if let Some(number) = on_the_line.map(|call| &call.number).or(contact.phones.first().map(|phone| &phone.number)) {
                    p.line data-dial[it.calling.is_some()] { (tel(number)) }
                }
            }
            @if let Some(calling) = it.calling { (line(shell, it, calling)) }
            blockquote.script lang="ja" { (it.prefill.script) }
        } @else {
            p.hint { (shell.t("いま電話できる連絡先がありません。", "Nobody of the plan can be called at this hour.")) }
        }
    }
}

/// The call under way: since when, until when its result counts, and that somebody picked up.
fn line(shell: &Shell, it: &IncidentPage, calling: UnderWay) -> Markup {
    html! {
        p.hint {
            (shell.t("呼び出し開始 ", "Calling since ")) (when::time(shell, calling.begun)) (shell.t("。 ", ". "))
            @if calling.connected { (shell.t("通話中。結果は ", "On the line. The result counts until ")) (when::time(shell, calling.due)) (shell.t(" までに。", ".")) }
            @else { (shell.t("結果を ", "Record the result by ")) (when::time(shell, calling.due)) (shell.t(" までに記録しないと、この架電は無効になります。", ", or this call counts for nothing.")) }
        }
        @if !calling.connected { (verbs::folded_button(shell, it, Verb::CallConnection)) }
    }
}

/// How the calls stand. Element `standing`.
pub(super) fn standing(shell: &Shell, it: &IncidentPage) -> Markup {
    html! {
        p.standing id="standing" {
            @match it.standing {
                Some(Standing::NextRank) => (shell.t("次の順位へ続けて架電します。", "Go on to the next rank.")),
                Some(Standing::NewRound(at)) => { (shell.t("次の巡回は ", "The next round begins at ")) (when::time(shell, at)) (shell.t("、順位1から。", ", from the first rank.")) }
                Some(Standing::Reached(how)) => { strong { (reached(how).in_lang(shell.lang)) } (shell.t("。架電は不要です。", ". No more calls are owed.")) }
                None => {}
            }
        }
    }
}

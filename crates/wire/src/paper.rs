//! Agreed papers. The desk's own documents have the same fields; a test compares them.

use crate::incident::Question;
use crate::{answers, codes};

codes! {
    /// Days of a contact's hours.
    Days {
        /// 毎日
        Every,
        /// 営業日
        Business,
        /// 営業日以外
        NonBusiness,
    }
}

codes! {
    /// Whom an escalation goes to.
    Group {
        /// サポートセンター
        Su,
        /// サポートデスク責任者
        Dh,
        /// 管理責任者
        Mr,
        /// お客様担当スタッフ
        Rm,
        /// トップマネジメント
        Tm,
        /// AWS サポート
        Aw,
    }
}

codes! {
    /// What was promised.
    PromiseKind {
        /// 折り返しの電話
        CallBack,
        /// 状況の確認
        Check,
        /// Anything else.
        Other,
    }
}

codes! {
    /// How the customer is told of what recovered by itself.
    SelfRecovery {
        /// By telephone as ever.
        Phone,
        /// On the ticket only.
        Ticket,
    }
}

answers! {
    /// The version that was recorded.
    Recorded {
        /// Its number, from 1.
        version: u32,
    }
    /// サービス影響判定基準: questions that decide impact.
    Criteria {
        /// The questions, in the order they are asked; 1 to 20.
        questions: Vec<Question>,
        /// Who agreed for the customer; null for the desk's default.
        agreed_by: Option<String>,
    }
    /// 連絡体制: whom to tell, in order.
    ContactPlan {
        /// The contacts; the first has rank 1.
        contacts: Vec<Contact>,
        /// Who waived calls in writing, for a customer without a telephone.
        waived_by: Option<String>,
        /// The customer's approver who agreed to this version.
        agreed_by: Option<String>,
        /// When calls repeat and what ends them.
        rounds: Rounds,
        /// How the customer is told of what recovered by itself before anybody told them.
        self_recovery: SelfRecovery,
    }
    /// When calls repeat and what ends them; an answer, a call back and the recovery always do.
    Rounds {
        /// Minutes from one round to the next, 5 to 60.
        every_minutes: u16,
        /// For so many minutes after the notice, 0 to 1440; afterwards a round comes with each interim report.
        for_minutes: u16,
        /// Whether the link in the mail ends them.
        stop_when_acknowledged: bool,
        /// Whether the ticket being opened ends them.
        stop_when_read: bool,
    }
    /// One contact.
    Contact {
        /// Kept over versions.
        id: String,
        /// Name.
        name: String,
        /// 読み, in kana.
        reading: String,
        /// Telephone number to call first; empty where there is none.
        phone: String,
        /// More numbers of the same person.
        other_phones: Vec<String>,
        /// Mail address; empty where there is none.
        mail: String,
        /// When this contact may be called.
        hours: Hours,
        /// For which services or hosts, as patterns such as `web*`; none means for all.
        services: Vec<String>,
    }
    /// When a contact may be called, in Tokyo's time.
    Hours {
        /// On which days.
        days: Days,
        /// From this minute of the day, 0 to 1439.
        from_minute: u16,
        /// To before this minute, 1 to 1440; 0 means the end of the day. Not after `from_minute`: over midnight.
        to_minute: u16,
    }
    /// サービスレベル合意.
    Agreement {
        /// The targets.
        targets: AgreedTargets,
        /// Who signed for the customer.
        signatory: String,
        /// Contracted paid options, by the code of their catalogue entry.
        #[schema(required = false)]
        options: Vec<String>,
    }
    /// How long the words of a customer's tickets are kept.
    Retention {
        /// Months after the last thing that happened to a ticket, 12 to 360.
        months: u32,
        /// Tickets that are kept longer.
        #[schema(required = false)]
        kept: Vec<String>,
    }
    /// Targets of the first notice.
    AgreedTargets {
        /// With service impact, and while impact is not judged.
        with_impact: Targets,
        /// Judged to be without service impact.
        without_impact: Targets,
    }
    /// How soon the first notice is owed.
    Targets {
        /// By the objective, in minutes, 1 to 1440.
        slo_minutes: u32,
        /// By the agreement, in minutes, 1 to 1440; null where nothing is agreed.
        sla_minutes: Option<u32>,
    }
    /// サービスカタログ.
    Catalogue {
        /// The rows of appendix 1 and 5, in their order.
        rows: Vec<CatalogueRow>,
        /// What can be asked for.
        entry: Vec<CatalogueEntry>,
    }
    /// One row of appendix 1 and 5.
    CatalogueRow {
        /// 依頼作業名
        name: String,
        /// Its group, which sets 標準日数: `slight`, `possible`, `basic` or `advanced`.
        class: String,
        /// 起票 (通常時): `customer`, `provider` or `both`.
        filer: String,
    }
    /// Something that can be asked for.
    CatalogueEntry {
        /// Its key: lower-case letters, digits and `_`.
        code: String,
        /// The group of headings it stands under.
        group: Option<BothWords>,
        /// Its heading.
        heading: BothWords,
        /// 種別, as it is filed.
        kind: String,
        /// The name of its row.
        report: String,
        /// Its group: `slight`, `possible`, `basic` or `advanced`.
        class: String,
        /// Who files it in the ordinary course: `customer`, `provider` or `both`.
        filer: String,
        /// What the form says about it.
        hint: Option<BothWords>,
        /// Whether the work affects the service as a rule.
        affects: bool,
        /// When it does though the entry does not always.
        consent: Option<CatalogueWhen>,
        /// 標準日数 where it is not that of the group: 1 to 250.
        days: Option<u16>,
        /// What a plan begins with, step by step.
        steps: Vec<String>,
        /// What is to be filled in.
        fields: Vec<CatalogueField>,
    }
    /// One thing to fill in.
    CatalogueField {
        /// Its key, of a closed list.
        code: String,
        /// Its name.
        label: BothWords,
        /// What the form says below it.
        hint: Option<BothWords>,
        /// What can be chosen; empty for a text.
        options: Vec<CatalogueChoice>,
        /// Whether the text has several lines.
        lines: bool,
        /// Asked for only where another field says so.
        when: Option<CatalogueWhen>,
        /// Whether it is the provider's own and not of the service description.
        own: bool,
    }
    /// One option of a field.
    CatalogueChoice {
        /// What is sent.
        code: String,
        /// Japanese.
        ja: String,
        /// English.
        en: String,
        /// Whether it is the provider's own.
        own: bool,
    }
    /// A field having one of some values.
    CatalogueWhen {
        /// Which field.
        field: String,
        /// Which values.
        is: Vec<String>,
    }
    /// Words in both languages.
    BothWords {
        /// Japanese.
        ja: String,
        /// English; empty shows the Japanese.
        en: String,
    }
    /// 連絡文の雛形: texts with `{variables}`.
    Templates {
        /// 障害発生連絡 with impact.
        occurrence: String,
        /// 障害発生連絡 without impact.
        occurrence_no_impact: String,
        /// 中間報告.
        interim: String,
        /// 復旧連絡.
        recovery: String,
        /// 架電: what to say on the telephone.
        call: String,
    }
    /// 休業日カレンダー: closures beside weekends and public holidays.
    Closures {
        /// The days, in any order; at most 1,000.
        #[schema(value_type = Vec<String>)]
        days: Vec<String>,
    }
    /// 当番順: who is paged in which order.
    DutyList {
        /// The orders; a group stands once, and one that is not named pages everybody who holds its role.
        groups: Vec<DutyOrder>,
    }
    /// The order of one group.
    DutyOrder {
        /// Which group.
        group: Group,
        /// Ids of the people, the first to page first.
        people: Vec<String>,
    }
    /// The provider's own name and number.
    Provider {
        /// The name, as customers know it.
        name: String,
        /// The number customers call; empty shows none.
        phone: String,
    }
}

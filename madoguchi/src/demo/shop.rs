//! The shop that never closes: nights with impact, a re-judgement, a recovery taken back.

use super::Dated;
use super::alarm::{Alarm, Tool};
use super::people::Who::{Aki, Emma, Hikari, Kengo, Naoto, Tool as Monitor};
use super::story::Act::{
    Call, Check, Close, Fires, Judge, Message, Note, Recover, Report, Resolves, Step, Take, Tell, TellRecovery,
    Withdraw, Worsen,
};
use super::story::Whom::{First, Rank};
use super::story::{Tale, after, in_office};
use domain::fact::CallResult::{Answered, None as NoAnswer, Voicemail};

/// The first web server is silent; the live incident of most starts.
pub(super) static WEB01_DOWN: Alarm = Alarm {
    tool: Tool::Alertmanager,
    rule: "EndpointDown",
    host: "web01.shop.example.jp",
    severity: "critical",
    summary: "web01.shop.example.jp HTTP応答なし（外形監視が3回連続で失敗）",
    description: "GET https://shop.example.jp/health が 10 秒以内に応答しませんでした。",
};

/// The same of the second one.
pub(super) static WEB02_DOWN: Alarm = Alarm {
    host: "web02.shop.example.jp",
    summary: "web02.shop.example.jp HTTP応答なし（外形監視が3回連続で失敗）",
    ..WEB01_DOWN
};

static PAYMENT_ERRORS: Alarm = Alarm {
    tool: Tool::Alertmanager,
    rule: "PaymentErrorRate",
    host: "app01.shop.example.jp",
    severity: "warning",
    summary: "app01.shop.example.jp 決済APIのエラー率が 2% を超過（直近10分）",
    description: "決済APIの呼び出し 1,214 件のうち 31 件が失敗しました。",
};

/// The tales.
pub(super) fn tales() -> Vec<Dated> {
    vec![
        (38, (2, 14, 7), apache_out_of_memory()),
        (19, (20, 15, 21), payments()),
        (13, (1, 8, 33), recovery_taken_back()),
        (0, (1, 40, 12), last_night()),
    ]
}

fn apache_out_of_memory() -> Tale {
    Tale {
        project: "SHOP",
        opening: Fires(&WEB01_DOWN),
        beats: vec![
            after(1, 12, Hikari, Take),
            after(
                3,
                40,
                Hikari,
                Check {
                    how: "外部回線のブラウザーで https://shop.example.jp/ を表示",
                    found: "接続がタイムアウトし、トップページを表示できない",
                },
            ),
            after(
                6,
                55,
                Hikari,
                Judge {
                    answers: &[true],
                    says: "監視センターから、通販サイトのトップページを表示できない状態です。web01 が応答を停止しており、サーバーの状態を確認しております。",
                },
            ),
            after(7, 40, Hikari, Call { whom: First, result: NoAnswer, note: "呼出音10回、応答なし" }),
            after(
                9,
                5,
                Hikari,
                Call {
                    whom: Rank(2),
                    result: Answered,
                    note: "トップページを表示できないこと、web01 を調査中であることをお伝えし、ご了承いただいた",
                },
            ),
            after(
                18,
                30,
                Hikari,
                Step {
                    step: "web01 にログインし、プロセスとメモリーの状態を確認",
                    result: "Apache の子プロセスが上限に達し、メモリー不足で応答できない状態",
                },
            ),
            after(
                24,
                10,
                Hikari,
                Step {
                    step: "保守手順 SHOP-02 に従い、web01 の Apache を再起動",
                    result: "02:38 に再起動完了。応答時間は平常時と同じ 0.3 秒",
                },
            ),
            after(25, 30, Monitor, Resolves(&WEB01_DOWN)),
            after(36, 0, Hikari, Recover { minutes_ago: 11, data_minutes_ago: None }),
            after(
                41,
                20,
                Hikari,
                TellRecovery {
                    method: "外部回線から購入手続きの画面まで操作。応答時間の監視も平常値",
                    says: "トップページから購入手続きの画面まで、正常に表示されることを確認いたしました。",
                },
            ),
            in_office(
                10,
                40,
                Aki,
                Message("夜間のご対応ありがとうございました。夜間の注文に欠落がないことを当社でも確認しました。"),
            ),
            in_office(
                11,
                15,
                Naoto,
                Close {
                    class: "middleware",
                    cause: "Apache の同時接続数の設定に対して、サーバーのメモリーが不足したことが原因です。設定値の見直しをご提案しております。",
                    confirmed_by: "菅野 亜紀 様",
                },
            ),
        ],
    }
}

/// First without impact, told within the hour; then it grows worse and a second clock starts.
fn payments() -> Tale {
    Tale {
        project: "SHOP",
        opening: Fires(&PAYMENT_ERRORS),
        beats: vec![
            after(2, 0, Emma, Take),
            after(
                6,
                0,
                Emma,
                Check {
                    how: "決済の成功・失敗の件数をログで確認し、試験注文を実施",
                    found: "失敗した決済は自動で再試行され、すべて完了している",
                },
            ),
            after(9, 30, Emma, Judge { answers: &[false, false, false], says: "" }),
            after(
                12,
                10,
                Emma,
                Tell(
                    "決済会社との接続で一時的な失敗が増えておりますが、自動の再試行により決済はすべて完了しております。引き続きエラー率の推移を監視いたします。",
                ),
            ),
            after(
                48,
                0,
                Emma,
                Check {
                    how: "決済の成功・失敗の件数を再度確認",
                    found: "エラー率が 18% に上昇。再試行しても完了しない決済がある",
                },
            ),
            after(
                50,
                30,
                Emma,
                Worsen {
                    why: "エラー率が 18% に上昇し、再試行しても完了しない決済が発生したため",
                    says: "決済の一部が完了しない状態になりました。決済会社側の障害とみられ、状況を問い合わせております。",
                },
            ),
            after(
                51,
                30,
                Emma,
                Call {
                    whom: First,
                    result: Answered,
                    note: "決済の一部が完了しないこと、決済会社へ問い合わせ中であることをお伝えした",
                },
            ),
            after(
                63,
                0,
                Emma,
                Step {
                    step: "決済会社の障害情報を確認し、窓口へ問い合わせ",
                    result: "先方の設備障害との回答。予備の接続先を案内された",
                },
            ),
            after(
                78,
                0,
                Emma,
                Step {
                    step: "菅野様から電話で了承を得て、予備の接続先へ切り替え",
                    result: "切り替え後のエラー率は 0.1% 未満",
                },
            ),
            after(80, 0, Monitor, Resolves(&PAYMENT_ERRORS)),
            after(92, 0, Emma, Recover { minutes_ago: 13, data_minutes_ago: None }),
            after(
                97,
                40,
                Emma,
                TellRecovery {
                    method: "切り替え後の決済30件がすべて成功していることをログで確認",
                    says: "予備の接続先へ切り替え、決済が正常に完了することを確認いたしました。",
                },
            ),
            in_office(
                11,
                30,
                Naoto,
                Close {
                    class: "network",
                    cause: "決済会社の設備障害が原因です。通常の接続先へ戻す作業は、先方の復旧を確認してから別途ご案内いたします。",
                    confirmed_by: "三宅 翔 様",
                },
            ),
        ],
    }
}

fn recovery_taken_back() -> Tale {
    Tale {
        project: "SHOP",
        opening: Fires(&WEB01_DOWN),
        beats: vec![
            after(0, 50, Kengo, Take),
            after(
                2,
                30,
                Kengo,
                Check {
                    how: "外部回線から https://shop.example.jp/ を10回表示",
                    found: "10回のうち7回がタイムアウト。web01 の応答待ちが増えている",
                },
            ),
            after(
                5,
                10,
                Kengo,
                Judge {
                    answers: &[false, true],
                    says: "通販サイトの表示に時間がかかり、購入手続きを完了できないことがある状態です。web01 の負荷を確認しております。",
                },
            ),
            after(
                5,
                50,
                Kengo,
                Call {
                    whom: First,
                    result: Answered,
                    note: "表示の遅れと、web01 の負荷を調査中であることをお伝えした",
                },
            ),
            after(
                14,
                0,
                Kengo,
                Step {
                    step: "保守手順 SHOP-02 に従い、web01 の Apache を再起動", result: "応答時間が平常値に戻った"
                },
            ),
            after(15, 20, Monitor, Resolves(&WEB01_DOWN)),
            after(22, 0, Kengo, Recover { minutes_ago: 7, data_minutes_ago: None }),
            after(31, 30, Monitor, Fires(&WEB01_DOWN)),
            after(
                33,
                10,
                Kengo,
                Withdraw("復旧の確認中に再び応答が遅くなった。web01 のメモリー使用率が 95% を超えている。"),
            ),
            after(
                34,
                30,
                Kengo,
                Message("再起動により一度は回復いたしましたが、再び応答が遅くなっております。調査を続けております。"),
            ),
            after(
                52,
                0,
                Kengo,
                Step {
                    step: "web01 を振り分けから切り離し、web02 と web03 の2台で運転",
                    result: "応答時間は平均 0.4 秒で安定",
                },
            ),
            after(53, 10, Monitor, Resolves(&WEB01_DOWN)),
            after(
                64,
                30,
                Kengo,
                Report(
                    "web01 を振り分けから切り離し、web02 と web03 の2台でサービスを継続しております。応答は安定しておりますが、再び遅くならないことを確認するため、しばらく経過を観察いたします。",
                ),
            ),
            after(95, 0, Kengo, Recover { minutes_ago: 42, data_minutes_ago: None }),
            after(
                101,
                0,
                Kengo,
                TellRecovery {
                    method: "購入手続きの画面まで10回操作。40分間、応答時間の監視に異常なし",
                    says: "web02 と web03 の2台で、購入手続きまで正常に完了できることを確認いたしました。web01 は切り離したまま調査いたします。",
                },
            ),
            in_office(
                10,
                30,
                Naoto,
                Message(
                    "web01 を調査したところ、画像変換の処理がメモリーを解放していないことが分かりました。修正を適用する日時をご相談させてください。",
                ),
            ),
            in_office(
                14,
                5,
                Aki,
                Message("承知しました。日程は定例会で相談させてください。この件は終了していただいて構いません。"),
            ),
            in_office(
                14,
                20,
                Naoto,
                Close {
                    class: "application",
                    cause: "画像変換の処理がメモリーを解放せず、web01 のメモリーが不足したことが原因です。修正の適用は、日程を調整のうえ別途実施いたします。",
                    confirmed_by: "菅野 亜紀 様",
                },
            ),
        ],
    }
}

/// The night before this morning: told on both ways, reported each hour, and waiting for the customer's word.
fn last_night() -> Tale {
    Tale {
        project: "SHOP",
        opening: Fires(&WEB01_DOWN),
        beats: vec![
            after(1, 30, Hikari, Take),
            after(
                3,
                45,
                Hikari,
                Check {
                    how: "外部回線のブラウザーで https://shop.example.jp/ を表示",
                    found: "購入手続きの画面で「サービスを利用できません」と表示される",
                },
            ),
            after(
                6,
                20,
                Hikari,
                Judge {
                    answers: &[true],
                    says: "通販サイトの購入手続きの画面を表示できない状態です。web01 が応答を停止しており、サーバーの状態を確認しております。",
                },
            ),
            after(
                7,
                0,
                Hikari,
                Call {
                    whom: First, result: Voicemail, note: "留守番電話に、障害の内容と折り返し先を残した"
                },
            ),
            after(
                8,
                10,
                Hikari,
                Call {
                    whom: Rank(2),
                    result: Answered,
                    note: "購入手続きができないこと、web01 を調査中であることをお伝えした。店舗側への周知は三宅様が行うとのこと",
                },
            ),
            after(
                17,
                0,
                Hikari,
                Step {
                    step: "web01 のインスタンスの状態を管理画面で確認",
                    result: "システムステータスのチェックに失敗（ホストの障害）",
                },
            ),
            after(
                54,
                0,
                Hikari,
                Step {
                    step: "インスタンスを停止し、別のホストでの起動を試行",
                    result: "30分経過しても起動が完了しない",
                },
            ),
            after(56, 0, Hikari, Note("復元に切り替える。サポートセンターの待機担当へ連絡済み。")),
            after(
                61,
                0,
                Hikari,
                Report(
                    "サーバーのホストに障害があり、別のホストでも起動できておりません。直近のバックアップから新しいサーバーを作成する作業に切り替えました。",
                ),
            ),
            after(
                96,
                0,
                Hikari,
                Step {
                    step: "直近のバックアップ（01:00 完了）から新しいインスタンスを作成",
                    result: "03:15 に起動完了",
                },
            ),
            after(
                121,
                0,
                Hikari,
                Report(
                    "新しいサーバーの起動が完了し、設定と商品画像を確認しております。確認が済み次第、振り分けに追加いたします。",
                ),
            ),
            after(
                141,
                0,
                Kengo,
                Step {
                    step: "新しい web01 を振り分けに追加し、試験注文を実施", result: "購入手続きが正常に完了した"
                },
            ),
            after(143, 0, Monitor, Resolves(&WEB01_DOWN)),
            after(155, 0, Hikari, Recover { minutes_ago: 14, data_minutes_ago: Some(195) }),
            after(
                162,
                0,
                Hikari,
                TellRecovery {
                    method: "試験注文3件の完了と、応答時間の監視が平常値であることを確認",
                    says: "購入手続きまで正常に完了できることを確認いたしました。web01 のデータは、01:00 時点のバックアップから復元しております。",
                },
            ),
        ],
    }
}

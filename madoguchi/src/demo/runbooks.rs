//! 保守手順 of the customers of the demo: one for each thing that their tools watch.

use anyhow::bail;
use domain::runbook::{Runbooks, StandingConsent, notation};
use jiff::civil::date;

/// The runbooks of a project. The haulier's approver consented to restarts of the reception processes in April of the year before.
pub(super) fn runbooks(project: &str, year: i16) -> anyhow::Result<Runbooks> {
    let text = match project {
        "SHOP" => SHOP,
        "STOCK" => STOCK,
        "HAISHA" => HAISHA,
        "EDI" => EDI,
        "PORTAL" => PORTAL,
        "KOMO" | "HINATA" | "TSUMUGI" => COMMON,
        _ => LIBRARY,
    };
    let runbooks = match notation::parse(text) {
        Ok(runbooks) => runbooks,
        Err(faults) => bail!("the demo's runbooks of {project} cannot be read: {faults:?}"),
    };
    let consent = StandingConsent { by: "野口 勝".into(), on: date(year - 1, 4, 1) };
    Ok(Runbooks { runbooks, standing_consent: (project == "EDI").then_some(consent) })
}

const COMMON: &str = "■ common-log ログの領域の使用率
対象: log*.example.jp
ラベル: alertname=DiskWillFill
1. 業務の画面を開き、影響がないことを確認する
2. 古いログを保管先へ退避する
   期待: 使用率が 60% を下回る
";

const SHOP: &str = "■ shop-web Webサーバの応答なし
対象: web*.shop.example.jp
ラベル: alertname=EndpointDown
1. 外部回線からトップページと購入手続きの画面を開き、どこまで動くか確認する
   期待: 影響の範囲が分かる
2. [中断] 応答しない Webサーバを再起動する
   制限: 再起動の間（約1分）、その台で処理中の注文は失敗します。
   期待: 外形監視が正常に戻る
3. 30分、応答時間を見守る

■ shop-payment 決済エラーの増加
対象: app*.shop.example.jp
ラベル: alertname=PaymentErrorRate
1. 決済代行会社の障害情報を確認する
   期待: 代行会社の障害かどうか分かる
2. エラーの種類と件数をログから集計し、結果に書く
3. [中断] 代行会社に障害がなければ、決済アプリケーションを再起動する
   制限: 再起動の間（約30秒）、決済できません。
   期待: エラー率が1%を下回る
";

const STOCK: &str = "■ stock-queue キューの滞留
対象: mq*.stock.example.jp
1. キューの件数と、最も古いメッセージの時刻を確認する
2. 取り込みプロセスの状態を確認する
   期待: どのプロセスが止まっているか分かる
3. [中断] 取り込みプロセスを再起動する
   制限: 再起動の間、在庫数は更新されません。
   期待: 件数が減り始める

■ stock-batch バッチの異常終了
対象: batch*.stock.example.jp
1. 終了コードとログの末尾を確認する
2. 入力ファイルが届いているか確認する
   期待: 届いていなければ、お客様へ連絡する
3. バッチを再実行する
   期待: 終了コードが 0 になる
";

const HAISHA: &str = "■ haisha-db 配車データベースの障害
対象: db*.haisha.example.jp
1. RDS の状態とイベントを確認する
   期待: フェイルオーバーか、インスタンスの障害かが分かる
2. [中断] インスタンスを再起動する
   制限: 再起動の間（約2分）、配車画面を操作できません。
   期待: 状態が available になる
3. [データ喪失] [回復時点 5分] 復旧しないときは、ポイントインタイムリカバリーで新しいインスタンスへ復元する
   制限: データは直近5分前の状態に戻ります。それより後に登録した配車は入力し直しになります。
   期待: 新しいインスタンスが available になる
4. 配車システムの接続先を切り替え、配車画面で表示と登録を確認する

■ haisha-gps 位置情報の更新停止
対象: gps-*.haisha.example.jp
1. 受信プロセスの状態と、最後に受信した時刻を確認する
2. [中断] 受信プロセスを再起動する
   制限: 再起動の間に送られた位置は失われることがあります。
   期待: 位置情報の時刻が進む
3. 再発するときは、ログから電文を調べ、開発チームへ渡す
";

const EDI: &str = "■ edi-receive 取引先からの受信停止
対象: edi*.haisha.example.jp
1. 受信の止まっている取引先と、最後に受信した時刻を確認する
   期待: 全社か一部かが分かる
2. [中断] EDI-01: 受信プロセスを再起動する
   制限: 再起動の間の受信は、取引先からの再送になります。
   期待: 受信が再開する
3. EDI-04: 受信サーバーの証明書の期限を確認し、切れていれば更新する
   期待: 取引先からの接続が成功する
";

const PORTAL: &str = "■ portal-login ログイン失敗の増加
対象: portal*.portal.example.jp
1. 確認用アカウントでログインする
   期待: 失敗の内容が分かる
2. 認証連携先の状態を確認する
3. [中断] 認証サービスを再起動する
   制限: 再起動の間（約20秒）、ログインできません。
   期待: 失敗率が下がる

■ portal-video 授業動画の遅延
対象: video*.portal.example.jp
1. 配信サーバの負荷と、遅れている動画を確認する
2. 配信サーバを1台追加する
   期待: 遅延が10秒を下回る
";

const LIBRARY: &str = "■ library-disk ディスクの書き込み遅延
対象: lib*.library.example.jp
1. ディスクの空きと書き込み待ちを確認する
2. 実行中のバックアップがあれば、終わるまで待つ
   期待: 遅延が解消する
3. [中断] 解消しないときは、検索サービスを再起動する
   制限: 再起動の間（約1分）、蔵書検索を使えません。
";
